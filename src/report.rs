//! What the library does at present, and why: for people, and for reports of bugs.

use crate::json::Value;
use crate::parallel::process_default::{self, PAREXACT_MAX_THREADS, ProcessDefault, Rule};
use crate::parallel::wakeup::Wakeup;
use crate::parallel::{fork, runtime, threads};
use crate::simd::{in_force, instruction_set};

/// The facts, as the documentation of parexact_explain lists them. No thread is started for that.
pub fn report() -> Value {
    // Generations count from 1. A child that was made past the C library is counted here, before anything
    // else is asked.
    let forks = fork::checked_generation() - 1;
    Value::Object(vec![
        ("version", env!("CARGO_PKG_VERSION").into()),
        ("threads", thread_counts()),
        ("pool", pool()),
        ("simd", simd()),
        ("fork_generation", (forks as usize).into()),
    ])
}

fn thread_counts() -> Value {
    let default = process_default::get();
    let (count, rule) = threads::explain();
    let (rule, value) = described(&rule, default);
    let (default_rule, default_value) = described(&default.rule, default);
    let processors = default.processors;
    Value::Object(vec![
        ("count", count.into()),
        ("rule", rule.into()),
        ("value", value.unwrap_or_else(|| count.to_string()).into()),
        ("process", threads::for_process().into()),
        ("default", default.count.into()),
        ("default_rule", default_rule.into()),
        (
            "default_value",
            default_value
                .unwrap_or_else(|| default.count.to_string())
                .into(),
        ),
        ("affinity", processors.affinity.into()),
        ("cgroup_quota", processors.quota.into()),
        ("slurm_cpus_per_task", default.allotted.into()),
        (
            "ranks_on_node",
            default.ranks.map(|ranks| ranks.count).into(),
        ),
        (
            "ranks_variable",
            default.ranks.map(|ranks| ranks.variable).into(),
        ),
        ("node_processors", processors.node.into()),
        ("maximum", PAREXACT_MAX_THREADS.into()),
    ])
}

/// The name of a rule, and the value that it has read if that is not simply the count.
fn described<'a>(rule: &'a Rule, default: &ProcessDefault) -> (&'a str, Option<String>) {
    match rule {
        Rule::Worker => ("call from a worker", None),
        Rule::Local => ("parexact_set_num_threads_local", None),
        Rule::Process => ("parexact_set_num_threads", None),
        Rule::Variable(name, value) => (name, Some(value.clone())),
        Rule::Affinity => ("affinity", Some(default.processors.affinity.to_string())),
        Rule::Cgroup => (
            "cgroup quota",
            default.processors.quota.map(|quota| quota.to_string()),
        ),
        Rule::Share => (
            "share of the node",
            default.ranks.map(|ranks| ranks.count.to_string()),
        ),
    }
}

fn pool() -> Value {
    let pool = runtime::summary();
    let wakeup = Wakeup::here().estimate().as_secs_f64();
    Value::Object(vec![
        ("workers", pool.granted.into()),
        ("refused", pool.refused.into()),
        ("wakeup_seconds", wakeup.into()),
    ])
}

fn simd() -> Value {
    let requested = std::env::var_os("PAREXACT_SIMD");
    let features = instruction_set::cpu_features().into_iter();
    Value::Object(vec![
        ("path", in_force().name().into()),
        (
            "requested",
            requested
                .map(|name| name.to_string_lossy().into_owned())
                .into(),
        ),
        (
            "cpu_features",
            Value::List(features.map(Value::from).collect()),
        ),
    ])
}
