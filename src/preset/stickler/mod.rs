//! Preset `stickler`: the package stickler-eval 1.0.0 on flat records.

mod group;
mod items;
mod measure;
mod record;

pub(super) use group::PRESETS;
