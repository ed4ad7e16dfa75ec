//! How calls obey the control that is attached to their thread, and report their progress to it.
//!
//! The outermost call on a thread reports; that call, the calls nested in its callbacks and the work that it
//! starts on workers all stop soon after the control is cancelled.

use std::sync::Arc;

use super::control::Control;
use super::settings::{self, attached};
use crate::error::Result;

/// What governs a piece of work on whatever thread it will run: that of the thread that started it.
pub struct Governance {
    control: Option<Arc<Control>>,
    reporting: bool,
}

impl Governance {
    /// What governs the present thread. Work that a callback starts leaves the progress alone.
    pub fn current() -> Self {
        Self {
            control: attached(),
            reporting: settings::is_reporting(),
        }
    }

    /// CANCELLED if the control was cancelled.
    pub fn check(&self) -> Result<()> {
        self.control
            .as_ref()
            .map_or(Ok(()), |control| control.check())
    }

    /// Runs the work under this governance.
    pub fn apply<R>(&self, work: impl FnOnce() -> R) -> R {
        settings::govern(self.control.as_ref(), self.reporting, work)
    }
}

/// Tells the attached control of a call of `total` items that will begin on another thread: until then the
/// progress is 0 of `total`.
pub fn announce(total: u64) {
    if !settings::is_reporting()
        && let Some(control) = attached()
    {
        control.begin(total);
    }
}

/// Runs something that belongs to a call but is no part of its progress.
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

/// CANCELLED if the control that governs this thread was cancelled. For parts of a call that take long by
/// themselves.
pub fn check_attached() -> Result<()> {
    settings::with_attached(|control| control.map_or(Ok(()), Control::check))
}

/// A call under the control that was attached to the calling thread when it began, if any.
pub struct Watch {
    control: Option<Arc<Control>>,
    reports: bool,
}

impl Watch {
    /// Begins a call of `total` items, whatever they are; each should take about as long as any other.
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

    /// CANCELLED if the control was cancelled. A call should ask at least every 50 ms.
    #[inline]
    pub fn check(&self) -> Result<()> {
        self.control
            .as_ref()
            .map_or(Ok(()), |control| control.check())
    }

    /// Reports that another `items` are done.
    #[inline]
    pub fn advance(&self, items: u64) {
        if self.reports
            && let Some(control) = &self.control
        {
            control.advance(items);
        }
    }

    /// Runs a part of the call on the present thread, which is a worker or the calling thread. Calls nested
    /// in that part are governed by the same control, or by none, and leave the progress alone.
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
