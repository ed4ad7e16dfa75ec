//! The processors that the control group grants (containers, batch systems). A quota limits time: a container
//! limited to two processors on a large machine still sees them all in its affinity mask. A cpuset limits the
//! mask itself.
//!
//! Sources: cgroups(7), cpuset(7), proc_pid_mountinfo(5), and the kernel's cgroup-v2.rst (cpu.max,
//! cpuset.cpus.effective), sched-bwc.rst (cpu.cfs_quota_us) and cpusets.rst (cpuset.cpus,
//! cpuset.effective_cpus).

use std::fs;
use std::path::{Path, PathBuf};

/// What the control group grants this process and the others in the same group, together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Limits {
    /// How many processors' worth of time it may use, if that is limited: the tightest limit among the
    /// process's group and the groups above, of either version.
    pub quota: Option<f64>,
    /// The number of processors in the cpuset, if there are cpusets.
    pub processors: Option<usize>,
}

/// What the group of this process grants.
pub fn limits() -> Limits {
    limits_below(Path::new("/"))
}

/// How many threads a quota is worth. A part of a processor counts as a whole one: without a thread for it,
/// that part would be wasted.
pub fn threads(quota: f64) -> usize {
    // The quota is positive, and the cast saturates.
    (quota.ceil() as usize).max(1)
}

fn limits_below(root: &Path) -> Limits {
    let read = |name| fs::read_to_string(root.join(name)).unwrap_or_default();
    let groups = read("proc/self/cgroup");
    let mounts = read("proc/self/mountinfo");
    let groups = |controller| own_and_above(root, &groups, &mounts, controller);
    Limits {
        quota: groups("cpu")
            .iter()
            .filter_map(Group::quota)
            .reduce(f64::min),
        // A group's cpuset is part of those above, so that the smallest is its own, or the nearest that is
        // visible.
        processors: groups("cpuset").iter().filter_map(Group::processors).min(),
    }
}

/// The process's group and those above it, in each hierarchy that can hold the controller's limits.
fn own_and_above(root: &Path, groups: &str, mounts: &str, controller: &str) -> Vec<Group> {
    let mounts: Vec<Mount> = mounts
        .lines()
        .filter_map(|line| Mount::parse(line, controller))
        .collect();
    let mut found = Vec::new();
    for line in groups.lines() {
        // hierarchy:controllers:path, the controllers empty for version 2.
        let mut fields = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (fields.next(), fields.next()) else {
            continue;
        };
        let is_v2 = controllers.is_empty();
        if !is_v2 && !controllers.split(',').any(|name| name == controller) {
            continue;
        }
        for mount in mounts.iter().filter(|mount| mount.is_v2 == is_v2) {
            let directories = mount.directories(root, path).into_iter();
            found.extend(directories.map(|directory| Group { is_v2, directory }));
        }
    }
    found
}

/// A mounted hierarchy that can hold the limits of a controller.
struct Mount {
    is_v2: bool,
    /// The group that the mount point shows: in containers often not the topmost.
    shown: String,
    point: PathBuf,
}

impl Mount {
    fn parse(line: &str, controller: &str) -> Option<Self> {
        // id parent device shown point options [optional fields] - type source super-options
        let (before, after) = line.split_once(" - ")?;
        let mut before = before.split(' ').skip(3);
        let (shown, point) = (before.next()?, before.next()?);
        let mut after = after.split(' ');
        let is_v2 = match after.next()? {
            "cgroup2" => true,
            "cgroup" if after.nth(1)?.split(',').any(|option| option == controller) => false,
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
        // The limits of a group outside of what is shown are at the mount point, or cannot be seen.
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

/// A control group, by its directory.
struct Group {
    is_v2: bool,
    directory: PathBuf,
}

impl Group {
    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.directory.join(name)).ok()
    }

    fn quota(&self) -> Option<f64> {
        if self.is_v2 {
            // "max 100000" or "150000 100000", microseconds of quota and period.
            let text = self.read("cpu.max")?;
            let mut fields = text.split_whitespace();
            ratio(fields.next()?, fields.next().unwrap_or("100000"))
        } else {
            let (quota, period) = (
                self.read("cpu.cfs_quota_us")?,
                self.read("cpu.cfs_period_us")?,
            );
            ratio(quota.trim(), period.trim())
        }
    }

    fn processors(&self) -> Option<usize> {
        let names: &[&str] = if self.is_v2 {
            &["cpuset.cpus.effective"]
        } else {
            // The first leaves out processors that are offline; kernels before 3.17 have only the second.
            &["cpuset.effective_cpus", "cpuset.cpus"]
        };
        names.iter().find_map(|name| listed(&self.read(name)?))
    }
}

/// Quota and period as a number of processors. The lack of a limit is "max" in version 2 and -1 in version 1.
fn ratio(quota: &str, period: &str) -> Option<f64> {
    let quota = quota.parse::<u64>().ok().filter(|&quota| quota > 0)?;
    let period = period.parse::<u64>().ok().filter(|&period| period > 0)?;
    Some(quota as f64 / period as f64)
}

/// How many processors the kernel's list names, as in "0-3,8"; nothing for an empty or a damaged list.
fn listed(list: &str) -> Option<usize> {
    let mut count = 0_usize;
    for range in list.trim_end().split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
        count = count.checked_add(last.checked_sub(first)?.checked_add(1)?)?;
    }
    Some(count)
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
        assert_eq!(limits_below(&files.0).quota, Some(2.5));
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
                    "40 32 0:33 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro master:11 - cgroup cgroup \
                     rw,cpu,cpuacct\n",
                ),
                ("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "400000\n"),
                ("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"),
            ],
        );
        assert_eq!(limits_below(&files.0).quota, Some(4.0));
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
        assert_eq!(limits_below(&unlimited.0), Limits::default());
        assert_eq!(limits_below(Path::new("/nonexistent")), Limits::default());
        for (quota, period) in [("-1", "100000"), ("0", "1"), ("5", "0"), ("x", "y")] {
            assert_eq!(ratio(quota, period), None);
        }
    }

    #[test]
    fn version_2_cpuset_of_the_nearest_group_that_has_one() {
        let files = Files::new(
            "cpuset-v2",
            &[
                ("proc/self/cgroup", "0::/slurm/job/step/task\n"),
                ("proc/self/mountinfo", V2),
                (
                    "sys/fs/cgroup/slurm/job/step/cpuset.cpus.effective",
                    "0-3,8\n",
                ),
                // This file has what was asked for, which the groups above may not grant.
                ("sys/fs/cgroup/slurm/job/step/cpuset.cpus", "0\n"),
                ("sys/fs/cgroup/slurm/job/cpuset.cpus.effective", "0-15\n"),
                ("sys/fs/cgroup/cpuset.cpus.effective", "0-63\n"),
            ],
        );
        assert_eq!(limits_below(&files.0).processors, Some(5));
        assert_eq!(limits_below(&files.0).quota, None);
    }

    #[test]
    fn version_1_cpuset_beside_version_2() {
        let mounts = format!(
            "{V2}34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n\
             32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
        );
        let mut given = vec![
            ("proc/self/cgroup", "3:cpuset:/job\n1:cpu:/other\n0::/\n"),
            ("proc/self/mountinfo", mounts.as_str()),
            ("sys/fs/cgroup/cpuset/job/cpuset.cpus", "0-7\n"),
            // These are of another controller or of another group.
            ("sys/fs/cgroup/cpu/other/cpuset.effective_cpus", "0\n"),
            ("sys/fs/cgroup/cpu/job/cpuset.effective_cpus", "0\n"),
            ("sys/fs/cgroup/cpuset/other/cpuset.effective_cpus", "0\n"),
        ];
        let old = Files::new("cpuset-v1-old", &given);
        assert_eq!(limits_below(&old.0).processors, Some(8));
        given.push(("sys/fs/cgroup/cpuset/job/cpuset.effective_cpus", "0,2-6\n"));
        let new = Files::new("cpuset-v1", &given);
        assert_eq!(limits_below(&new.0).processors, Some(6));
    }

    #[test]
    fn lists_of_processors() {
        for (list, expected) in [
            ("0\n", Some(1)),
            ("0-3\n", Some(4)),
            ("0-3,8,10-11\n", Some(7)),
            ("\n", None),
            ("", None),
            ("3-0\n", None),
            ("0-\n", None),
            ("0-3,\n", None),
            ("all\n", None),
            ("0-18446744073709551615\n", None),
        ] {
            assert_eq!(listed(list), expected, "{list:?}");
        }
    }
}
