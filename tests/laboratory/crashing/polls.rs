//! Looking in whenever a future waits: every such moment is an await at which it can be dropped.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::task::Poll;

use offboard::{Drive, Until};
use offboard_sim::{SimClock, Tenant};

use super::Scene;

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    On,
    Drop,
}

/// Runs `future` and calls `look` with the number of each poll that left it waiting. Nothing, if it was dropped.
pub fn watched<F: Future>(
    clock: &SimClock,
    future: F,
    mut look: impl FnMut(usize) -> Go,
) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let mut polls = 0;
    clock.block_on(poll_fn(move |cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => {
            polls += 1;
            if look(polls) == Go::Drop { Poll::Ready(None) } else { Poll::Pending }
        }
    }))
}

/// What a process that dies leaves behind, counted: entries of the journal, versions of the truth, writes that the
/// tenant has carried out. Two moments that leave the same differ by the clock alone.
pub type Left = (usize, usize, usize);

fn left(tenant: &Tenant, entries: usize) -> Left {
    let carried_out = tenant.recorder().mutating().iter().filter(|row| row.carried_out.is_some()).count();
    (entries, tenant.versions().len(), carried_out)
}

/// A moment at which the run can be dropped.
#[derive(Debug)]
pub struct Moment {
    /// After how many polls.
    pub poll: usize,
    /// What is left then.
    pub scene: Scene,
}

/// Every await of a run.
#[derive(Debug)]
pub struct Awaits {
    /// How many there are.
    pub polls: usize,
    /// The first and the last of those that leave the same behind, and the very first of the run.
    pub moments: Vec<Moment>,
}

impl Scene {
    /// Carries a fork of this scene to the end, and forks it at every await.
    pub fn awaits(&self) -> Awaits {
        let scene = self.fork();
        let engine = scene.engine("the first process");
        let mut classes: BTreeMap<Left, (Moment, Option<Moment>)> = BTreeMap::new();
        let mut polls = 0;
        let run = scene.apply(&engine, Drive::until(Until::Done));
        let over = watched(&scene.tenant.clock(), run, |poll| {
            polls = poll;
            let entries = super::ending::entries(&scene).len();
            let moment = Moment { poll, scene: scene.fork() };
            match classes.entry(left(&scene.tenant, entries)) {
                std::collections::btree_map::Entry::Vacant(free) => {
                    free.insert((moment, None));
                }
                std::collections::btree_map::Entry::Occupied(mut taken) => taken.get_mut().1 = Some(moment),
            }
            Go::On
        });
        over.unwrap().unwrap();
        let mut moments: Vec<Moment> =
            classes.into_values().flat_map(|(first, last)| [Some(first), last]).flatten().collect();
        moments.sort_by_key(|moment| moment.poll);
        Awaits { polls, moments }
    }

    /// Carries a fork of this scene for `polls` polls and drops the run there. Nothing, where it is over before.
    pub fn dropped_after(&self, polls: usize) -> Option<Self> {
        let scene = self.fork();
        let engine = scene.engine("the first process");
        let run = scene.apply(&engine, Drive::until(Until::Done));
        let over = watched(&scene.tenant.clock(), run, |poll| if poll == polls { Go::Drop } else { Go::On });
        match over {
            Some(result) => {
                result.unwrap();
                None
            }
            None => Some(scene),
        }
    }
}
