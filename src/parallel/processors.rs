//! The processors that the system lets this process use.

use super::{affinity, cgroup};

/// The processors that the system lets this process use.
#[derive(Debug, Clone, Copy)]
pub struct Processors {
    /// How many are in the affinity mask.
    pub affinity: usize,
    /// The control group's quota, in processors.
    pub quota: Option<f64>,
    /// How many processors the ranks on this node have together, whether or not they are in this one's mask:
    /// those of the cpuset, or else those that are online.
    pub node: usize,
}

impl Processors {
    /// Asks the system.
    pub fn read() -> Self {
        let affinity = affinity::count();
        let limits = cgroup::limits();
        Self {
            affinity,
            quota: limits.quota,
            // The processors in the mask exist, whatever a container shows of the control groups.
            node: limits
                .processors
                .unwrap_or_else(affinity::online)
                .max(affinity),
        }
    }

    /// How many threads one of so many ranks has if they share the node evenly. Ranks that are not bound each
    /// have the whole node in their mask; those bound to a socket, as Open MPI binds more than two, have that
    /// socket in common. The quota is divided, too: it belongs to the job or the container, and so to its
    /// ranks together.
    pub fn share(&self, ranks: usize) -> usize {
        let quota = self.quota.map_or(usize::MAX, cgroup::threads);
        (self.node.min(quota) / ranks).max(1)
    }
}
