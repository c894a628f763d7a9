//! Plans: what a command does, resolved from its raw arguments. Each plan is made by one function,
//! which opens or checks paths, looks names up, reads the configuration or the options, and fills
//! defaults in. A command works and prints by its plan alone, so it need not know how a value was
//! written, and errors in arguments are reported before any work.

mod aa;
mod accept;
mod adjudication;
mod agree;
mod check;
mod compare;
mod compared_systems;
mod config_file;
mod convert;
mod counts;
mod export;
mod gate;
mod init;
mod merge;
mod meta;
mod names;
mod pairs;
mod plugin;
mod power;
mod report;
mod run;
mod score;
mod score_logs;
mod summarize;
mod verdicts;
mod view;

pub(super) use aa::{AaPlan, AaSource};
pub(super) use accept::{AcceptPlan, AcceptedRun};
pub(super) use adjudication::AdjudicationPlan;
pub(super) use agree::AgreePlan;
pub(super) use check::{CheckMode, CheckPlan, CheckTarget};
pub(super) use compare::{CompareInput, ComparePlan};
pub(super) use compared_systems::{FileSystems, GroupMember, RunSystems, SystemGroup};
pub(super) use config_file::ConfigFile;
pub(super) use convert::ConvertPlan;
pub(super) use counts::{CountPair, CountsPlan, settings_of};
pub(super) use gate::{GateInput, GatePlan, GatedRun, RunInput};
pub(super) use init::InitPlan;
pub(super) use merge::MergePlan;
pub(super) use meta::MetaPlan;
pub(super) use pairs::{FilePair, PairScope, RunPair};
pub(super) use plugin::{CheckSubject, ConformancePlan, NewPlan, PluginPlan};
pub(super) use power::{PowerPlan, PowerSource};
pub(super) use report::ReportPlan;
pub(super) use run::{RunMode, RunPlan};
pub(super) use score::ScorePlan;
pub(super) use score_logs::ScoreLogs;
pub(super) use summarize::SummarizePlan;
pub(super) use verdicts::VerdictSource;
pub(super) use view::ViewPlan;
