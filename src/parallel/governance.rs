//! How calls obey the control that is attached to their thread, and report their progress to it.
//!
//! The outermost call on a thread reports; that call, the calls nested in its callbacks and the work that it
//! starts on workers all stop soon after the control is cancelled.

use std::sync::Arc;

use super::control::Control;
use super::settings::{self, attached};
use crate::error::Result;

/// What work that is started now is to be governed by, on whatever thread it runs.
pub struct Governance {
    control: Option<Arc<Control>>,
    reporting: bool,
}

impl Governance {
    /// That of the present thread. Work that a callback starts leaves the progress alone.
    pub fn current() -> Self {
        Self {
            control: attached(),
            reporting: settings::is_reporting(),
        }
    }

    /// CANCELLED if it was.
    pub fn check(&self) -> Result<()> {
        self.control
            .as_ref()
            .map_or(Ok(()), |control| control.check())
    }

    /// Runs the work.
    pub fn apply<R>(&self, work: impl FnOnce() -> R) -> R {
        settings::govern(self.control.as_ref(), self.reporting, work)
    }
}

/// A call of `total` items will begin on another thread: until then none of them is done.
pub fn announce(total: u64) {
    if !settings::is_reporting()
        && let Some(control) = attached()
    {
        control.begin(total);
    }
}

/// Does what belongs to a call but is no part of its progress.
pub fn without_progress<R>(work: impl FnOnce() -> R) -> R {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            settings::set_reporting(self.0);
        }
    }
    let _restore = Restore(settings::set_reporting(true));
    work()
}

/// For parts of a call that take long by themselves: has the control that governs this thread been cancelled?
pub fn check_attached() -> Result<()> {
    settings::with_attached(|control| control.map_or(Ok(()), Control::check))
}

/// A call under the control that was attached to the calling thread when it began, if any.
pub struct Watch {
    control: Option<Arc<Control>>,
    reports: bool,
}

impl Watch {
    /// Begins a call of `total` items; they may be of any kind, but all alike.
    pub fn begin(total: u64) -> Self {
        let control = attached();
        let reports = match &control {
            Some(control) if !settings::set_reporting(true) => {
                control.begin(total);
                true
            }
            _ => false,
        };
        Self { control, reports }
    }

    /// To be asked at least every 50 ms: has the call been cancelled?
    #[inline]
    pub fn check(&self) -> Result<()> {
        self.control
            .as_ref()
            .map_or(Ok(()), |control| control.check())
    }

    /// Another `items` are done.
    #[inline]
    pub fn advance(&self, items: u64) {
        if self.reports
            && let Some(control) = &self.control
        {
            control.advance(items);
        }
    }

    /// Runs a part of the call on the present thread, a worker or the caller: calls nested in it are
    /// governed by the same control, or by none, and leave its progress alone.
    pub fn govern<R>(&self, part: impl FnOnce() -> R) -> R {
        let reporting = self.control.is_some() || settings::is_reporting();
        settings::govern(self.control.as_ref(), reporting, part)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if self.reports {
            settings::set_reporting(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parallel::settings::attach;

    #[test]
    fn nested_calls_are_governed_but_do_not_report() {
        let control = Arc::new(Control::default());
        assert!(attach(Some(control.clone())).is_none());
        let outer = Watch::begin(10);
        outer.advance(4);
        let inner = Watch::begin(1000);
        inner.advance(500);
        assert_eq!(control.progress(), (4, 10));
        control.cancel();
        assert!(inner.check().is_err());
        drop(inner);
        assert!(outer.check().is_err());
        drop(outer);
        control.reset();
        assert_eq!(control.progress(), (0, 0));
        let next = Watch::begin(3);
        assert!(next.check().is_ok());
        next.advance(3);
        assert_eq!(control.progress(), (3, 3));
        drop(next);
        assert!(attach(None).is_some_and(|previous| Arc::ptr_eq(&previous, &control)));
    }

    #[test]
    fn governed_parts_restore_the_threads_own_control() {
        let ours = Arc::new(Control::default());
        let theirs = Arc::new(Control::default());
        attach(Some(ours));
        let watch = Watch::begin(1);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                attach(Some(theirs.clone()));
                watch.govern(|| {
                    let nested = Watch::begin(7);
                    assert!(!nested.reports);
                });
                assert!(attach(None).is_some_and(|own| Arc::ptr_eq(&own, &theirs)));
                assert!(!settings::is_reporting());
            });
        });
        attach(None);
    }

    /// A call whose control was detached meanwhile, by its own callback, ends well.
    #[test]
    fn detaching_inside_a_call() {
        let control = Arc::new(Control::default());
        attach(Some(control));
        let watch = Watch::begin(1);
        attach(None);
        watch.advance(1);
        drop(watch);
        assert!(!settings::is_reporting());
    }
}
