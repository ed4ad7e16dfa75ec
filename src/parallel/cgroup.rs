//! The processor quota of the control group (containers, batch systems): a container limited to two
//! processors on a large machine still sees them all in its affinity mask.
//!
//! Sources: cgroups(7), proc_pid_mountinfo(5), the kernel's cgroup-v2.rst (cpu.max) and
//! sched-bwc.rst (cpu.cfs_quota_us).

use std::fs;
use std::path::{Path, PathBuf};

/// The number of processors' worth of time that this process may use, if limited: the tightest
/// limit among its group and the groups above, of either version.
pub fn quota() -> Option<f64> {
    quota_below(Path::new("/"))
}

/// Threads for a quota. A part of a processor is worth a thread: without it that part is wasted.
pub fn threads(quota: f64) -> usize {
    // The cast saturates; a quota is positive.
    (quota.ceil() as usize).max(1)
}

fn quota_below(root: &Path) -> Option<f64> {
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).ok()?;
    let mounts = fs::read_to_string(root.join("proc/self/mountinfo")).ok()?;
    let mounts: Vec<Mount> = mounts.lines().filter_map(Mount::parse).collect();
    let mut tightest: Option<f64> = None;
    for line in groups.lines() {
        // hierarchy:controllers:path, the controllers empty for version 2.
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(group)) = (fields.next(), fields.next()) else {
            continue;
        };
        let is_v2 = controllers.is_empty();
        if !is_v2 && !controllers.split(',').any(|name| name == "cpu") {
            continue;
        }
        for mount in mounts.iter().filter(|mount| mount.is_v2 == is_v2) {
            let limit: fn(&Path) -> Option<f64> = if is_v2 { limit_v2 } else { limit_v1 };
            for directory in mount.directories(root, group) {
                if let Some(found) = limit(&directory) {
                    tightest = Some(tightest.map_or(found, |known| known.min(found)));
                }
            }
        }
    }
    tightest
}

/// A mounted hierarchy that can hold processor limits.
struct Mount {
    is_v2: bool,
    /// The group that the mount point shows: in containers often not the topmost.
    shown: String,
    point: PathBuf,
}

impl Mount {
    fn parse(line: &str) -> Option<Self> {
        // id parent device shown point options [optional fields] - type source super-options
        let (before, after) = line.split_once(" - ")?;
        let mut before = before.split(' ').skip(3);
        let (shown, point) = (before.next()?, before.next()?);
        let mut after = after.split(' ');
        let is_v2 = match after.next()? {
            "cgroup2" => true,
            "cgroup" if after.nth(1)?.split(',').any(|option| option == "cpu") => false,
            _ => return None,
        };
        Some(Self {
            is_v2,
            shown: shown.trim_end_matches('/').to_owned(),
            point: PathBuf::from(point),
        })
    }

    /// The directories of `group` and of those above it, as far as this mount shows them.
    fn directories(&self, root: &Path, group: &str) -> Vec<PathBuf> {
        let point = root.join(self.point.strip_prefix("/").unwrap_or(&self.point));
        // A group outside of what is shown: its limits are at the mount point, or out of sight.
        let below = match group.strip_prefix(&self.shown) {
            Some(below) if below.is_empty() || below.starts_with('/') => below,
            _ => "",
        };
        let leaf = point.join(below.trim_matches('/'));
        leaf.ancestors()
            .take_while(|directory| directory.starts_with(&point))
            .map(Path::to_owned)
            .collect()
    }
}

/// `cpu.max`: "max 100000" or "150000 100000", microseconds of quota and period.
fn limit_v2(directory: &Path) -> Option<f64> {
    let text = fs::read_to_string(directory.join("cpu.max")).ok()?;
    let mut fields = text.split_whitespace();
    ratio(fields.next()?, fields.next().unwrap_or("100000"))
}

fn limit_v1(directory: &Path) -> Option<f64> {
    let read = |name| fs::read_to_string(directory.join(name)).ok();
    ratio(
        read("cpu.cfs_quota_us")?.trim(),
        read("cpu.cfs_period_us")?.trim(),
    )
}

/// No limit is "max" in version 2 and -1 in version 1.
fn ratio(quota: &str, period: &str) -> Option<f64> {
    let quota = quota.parse::<u64>().ok().filter(|&quota| quota > 0)?;
    let period = period.parse::<u64>().ok().filter(|&period| period > 0)?;
    Some(quota as f64 / period as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file system of the given files, removed at the end.
    struct Files(PathBuf);

    impl Files {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let root = std::env::temp_dir().join(format!("parexact-{}-{name}", std::process::id()));
            for (path, text) in files {
                let path = root.join(path);
                fs::create_dir_all(path.parent().expect("the files have parents"))
                    .expect("writable");
                fs::write(path, text).expect("writable");
            }
            Self(root)
        }
    }

    impl Drop for Files {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const V2: &str =
        "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";

    #[test]
    fn version_2_takes_the_tightest_above() {
        let files = Files::new(
            "v2",
            &[
                ("proc/self/cgroup", "0::/slurm/job/step\n"),
                ("proc/self/mountinfo", V2),
                ("sys/fs/cgroup/slurm/job/step/cpu.max", "max 100000\n"),
                ("sys/fs/cgroup/slurm/job/cpu.max", "250000 100000\n"),
                ("sys/fs/cgroup/slurm/cpu.max", "800000 100000\n"),
            ],
        );
        assert_eq!(quota_below(&files.0), Some(2.5));
        assert_eq!(threads(2.5), 3);
    }

    #[test]
    fn version_1_behind_a_container_mount() {
        let files = Files::new(
            "v1",
            &[
                (
                    "proc/self/cgroup",
                    "5:devices:/\n4:cpu,cpuacct:/docker/abc\n0::/\n",
                ),
                (
                    "proc/self/mountinfo",
                    "40 32 0:33 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro master:11 - cgroup cgroup rw,cpu,cpuacct\n",
                ),
                ("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "400000\n"),
                ("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"),
            ],
        );
        assert_eq!(quota_below(&files.0), Some(4.0));
    }

    #[test]
    fn unlimited_or_unreadable_is_no_limit() {
        let unlimited = Files::new(
            "none",
            &[
                ("proc/self/cgroup", "0::/\n"),
                ("proc/self/mountinfo", V2),
                ("sys/fs/cgroup/cpu.max", "max 100000\n"),
            ],
        );
        assert_eq!(quota_below(&unlimited.0), None);
        assert_eq!(quota_below(Path::new("/nonexistent")), None);
        for (quota, period) in [("-1", "100000"), ("0", "1"), ("5", "0"), ("x", "y")] {
            assert_eq!(ratio(quota, period), None);
        }
    }
}
