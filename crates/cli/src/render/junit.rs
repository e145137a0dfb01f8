//! JUnit XML: one suite per role, one test case per finding.

use dogwatch_engine::report::CauseEntry;
use dogwatch_model::{Role, report::Document};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::exit::CliError;

pub(super) fn report(document: &Document, causes: &[CauseEntry]) -> Result<String, CliError> {
    let mut report = Report::new("dogwatch");
    for (name, role) in [
        ("causes", Role::Cause),
        ("symptoms", Role::Symptom),
        ("notes", Role::Note),
    ] {
        let mut suite = TestSuite::new(format!("{}: {name}", document.title));
        for cause in causes.iter().filter(|cause| cause.role == role) {
            suite.add_test_case(case(cause));
        }
        // A suite without a case reads as "did not run": say that it ran and found nothing.
        if role == Role::Cause && suite.test_cases.is_empty() {
            suite.add_test_case(TestCase::new(
                &*document.conclusion,
                TestCaseStatus::success(),
            ));
        }
        report.add_test_suite(suite);
    }
    report
        .to_string()
        .map_err(|error| CliError::failure(error.to_string()))
}

fn case(cause: &CauseEntry) -> TestCase {
    let status = if cause.role == Role::Note {
        TestCaseStatus::success()
    } else {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        let facts: Vec<String> = cause
            .evidence
            .iter()
            .map(|cited| format!("{} {}: {}", cited.id, cited.fact.field, cited.fact.value))
            .collect();
        status.set_type(cause.public_type);
        status.set_message(&*cause.title);
        status.set_description(facts.join("\n"));
        status
    };
    let mut shown = TestCase::new(format!("{} {}", cause.mode, cause.object), status);
    shown.set_classname(cause.check.as_str());
    shown
}
