//! The step that tries the code.

use super::{Case, Outcome};
use crate::verify::detail::Reason;
use crate::voucher::{label, voucher_key};

impl Case<'_> {
    /// Serial, code and stamp derive this voucher's key and label.
    pub fn code_opens(&self) -> Outcome {
        let Some(opening) = self.question.opening else { return Outcome::Skipped };
        let part = &self.dossier.manifest;
        if opening.stamp.is_none() == part.terms.is_stamped() {
            return Outcome::failed(Reason::StampUnfit, []);
        }
        let form = self.manifest.code_form;
        let (serial, code) = (form.apply(&opening.serial), form.apply(&opening.code));
        let Some(issue) = self.issue() else { return Outcome::failed(Reason::NotBegunByIssue, []) };
        let key =
            voucher_key(&issue.step.entry.party, &opening.stamp, &serial, &code).map(|pair| pair.public());
        if key != Ok(self.dossier.voucher.key) {
            return Outcome::failed(Reason::OtherKey, []);
        }
        if label(&opening.stamp, &serial) != Ok(self.dossier.voucher.label) {
            return Outcome::failed(Reason::OtherLabel, []);
        }
        Outcome::Passed
    }
}
