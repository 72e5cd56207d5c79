//! One cmdlet, from the body that names it to the page of rows that answers it.

use http::StatusCode;
use serde_json::Value;

use super::access::Rights;
use super::bind::Bound;
use super::cmdlets::{self, Action, Handler};
use super::page::{self, Cursor};
use super::refusal::{self, MALFORMED, Refusal};
use super::reply::{Output, Row, json_reply};
use super::table;
use crate::context::Context;
use crate::signin::Caller;
use crate::wire::{Reply, Request};
use crate::world::World;

/// What a query string may say.
#[derive(Debug, Default)]
struct Options {
    select: Vec<String>,
    skip_token: Option<String>,
}

/// Answers a command.
pub(super) fn answer(cx: &mut Context<'_>, request: &Request, caller: &Caller, body: &Value) -> Reply {
    let input = body.get("CmdletInput");
    let name = input.and_then(|input| input.get("CmdletName")).and_then(Value::as_str);
    let Some(name) = name else {
        return Refusal::rule(MALFORMED, "The request body must hold a CmdletInput with a CmdletName.")
            .reply();
    };
    let rights = Rights::of(cx.world, caller);
    let handler = cmdlets::handler(name).filter(|handler| rights.show(handler.roles));
    let (Some(handler), Some(cmdlet)) = (handler, table::cmdlet(name)) else {
        return refusal::unknown_cmdlet();
    };
    let none = serde_json::Map::new();
    let parameters = match input.and_then(|input| input.get("Parameters")) {
        None | Some(Value::Null) => &none,
        Some(Value::Object(parameters)) => parameters,
        Some(_) => return Refusal::rule(MALFORMED, "Parameters must be an object.").reply(),
    };
    let hidden = parameters.keys().find(|name| !rights.show_parameter(name));
    let page = options(request).and_then(|options| {
        if let Some(name) = hidden {
            return Err(Refusal::ambiguous_set(name));
        }
        let bound = Bound::new(cmdlet, parameters)?;
        let output = limited(run(cx, handler, &bound)?, &bound);
        page(cx, request, body, &output, &options)
    });
    match page {
        Ok(body) => json_reply(StatusCode::OK.as_u16(), &body),
        Err(refusal) => refusal.reply(),
    }
}

fn options(request: &Request) -> Result<Options, Refusal> {
    let mut options = Options::default();
    for (name, value) in url::form_urlencoded::parse(request.query.as_bytes()) {
        match name.as_ref() {
            "$select" => options.select = value.split(',').map(|name| name.trim().to_owned()).collect(),
            "$skiptoken" => options.skip_token = Some(value.into_owned()),
            other => {
                return Err(Refusal::rule(
                    MALFORMED,
                    format!("The query option '{other}' is not supported."),
                ));
            }
        }
    }
    Ok(options)
}

/// Runs the cmdlet. A write is tried on a copy first, so that a refused or merely asked-for one leaves no trace.
fn run(cx: &mut Context<'_>, handler: &Handler, bound: &Bound) -> Result<Output, Refusal> {
    let seen = view(cx);
    match handler.action {
        Action::Read(read) => read(&seen, bound),
        Action::Write(write) => {
            let mut after = cx.world.clone();
            let output = write(&seen, &mut after, bound)?;
            let silent = bound.given("Confirm") || bound.switch("Force");
            if bound.switch("Confirm") || bound.switch("WhatIf") || (handler.asks && !silent) {
                let object = bound.text("Identity").unwrap_or_default();
                let question = format!(
                    "Are you sure you want to perform this action? {} on \"{object}\".",
                    handler.name
                );
                return Ok(Output::question(question));
            }
            *cx.world = after;
            Ok(output)
        }
    }
}

/// Exchange as this answer sees it: its own objects as late as its replicas are, and Entra's as late as its copy of
/// the directory is.
fn view(cx: &Context<'_>) -> World {
    let mut seen = World::clone(&cx.exchange_view());
    let directory = cx.history.at(cx.now() - cx.world.timing.exchange_directory_lag);
    if directory.now < seen.now {
        seen.users = directory.users.clone();
        seen.deleted_users = directory.deleted_users.clone();
        seen.groups = directory.groups.clone();
        seen.domains = directory.domains.clone();
    }
    seen.now = cx.now();
    seen
}

/// `ResultSize`: a thousand unless another number or `Unlimited` is asked for, and a warning where more was there.
fn limited(mut output: Output, bound: &Bound) -> Output {
    let asked = bound.text("ResultSize");
    let most = match asked {
        Some(word) if word.eq_ignore_ascii_case("unlimited") => usize::MAX,
        _ => bound.integer("ResultSize").and_then(|most| usize::try_from(most).ok()).unwrap_or(page::LARGEST),
    };
    if output.rows.len() > most {
        output.rows.truncate(most);
        output.warnings.push(format!(
            "By default, only the first {most} items are returned. Use the ResultSize parameter to specify the number of items returned."
        ));
    }
    output
}

fn page(
    cx: &Context<'_>,
    request: &Request,
    body: &Value,
    output: &Output,
    options: &Options,
) -> Result<Value, Refusal> {
    // The body is the same when its meaning is, whatever its spaces and order.
    let same = body.to_string();
    let cursor = match &options.skip_token {
        None => Cursor::start(same.as_bytes(), cx.now()),
        Some(token) => Cursor::resume(token, same.as_bytes(), cx.now())?,
    };
    let size = page::size(request.header("prefer"));
    let rest = output.rows.get(cursor.offset..).unwrap_or_default();
    let rows = rest.iter().take(size).map(|row| selected(row, &options.select));
    let rows: Vec<Row> = rows.collect::<Result<_, _>>()?;
    let next = (rest.len() > size).then(|| {
        let select = if options.select.is_empty() {
            String::new()
        } else {
            format!("%24select={}&", options.select.join(","))
        };
        format!("{}{}?{select}%24skiptoken={}", request.origin, request.path, cursor.after(size, cx.now()))
    });
    let tenant = cx.world.organization.id;
    let context =
        format!("{}/adminapi/beta/{tenant}/$metadata#Collection(Exchange.GenericHashTable)", request.origin);
    Ok(output.body(&context, &rows, next.as_deref()))
}

fn selected(row: &Row, select: &[String]) -> Result<Row, Refusal> {
    if select.is_empty() {
        return Ok(row.clone());
    }
    row.select(select)
        .map_err(|name| Refusal::rule(MALFORMED, format!("Could not find a property named '{name}'.")))
}
