//! Every method of every port against the simulated tenant, which was written from the same contract by others: two
//! readings of it meet on the wire. Writes are judged by the tenant's world, not by what its answers say.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod reads;
#[cfg(test)]
mod writes;
