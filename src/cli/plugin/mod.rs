//! `karat plugin`: creates and checks programs that are used as extractors.

mod check;
mod new;
pub(in crate::cli) mod starters;

use karat::error::Error;

use super::plan::PluginPlan;

pub(super) fn execute(plan: &PluginPlan) -> Result<u8, Error> {
    match plan {
        PluginPlan::Check(plan) => check::execute(plan),
        PluginPlan::New(plan) => new::execute(plan),
    }
}
