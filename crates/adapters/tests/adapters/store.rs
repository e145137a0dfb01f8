//! One conformance suite for the store: every case runs on SQLite and on a real PostgreSQL.

mod approvals;
mod audit;
mod incidents;
mod opening;
mod place;
mod plans;
mod postgres;
mod rechecks;
mod running;
mod server;
mod sqlite;
mod stand;
mod steps;

/// Makes a test on SQLite of every case, and the list that the test on PostgreSQL walks through.
macro_rules! cases {
    ($($module:ident: $($name:ident),+;)+) => {
        mod on_sqlite {
            use super::place::Place;

            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$module::$name(&Place::sqlite()).await;
                }
            )+)+
        }

        /// Every case with its name.
        pub(crate) const CASES: &[(&str, server::Case)] = &[
            $($((stringify!($name), |place| Box::pin($module::$name(place))),)+)+
        ];
    };
}

cases! {
    audit:
        eight_writers_make_one_chain,
        records_come_in_pages_and_by_incident,
        credentials_are_gone_before_a_record_is_kept,
        without_a_record_nothing_is_done,
        the_table_of_records_refuses_changes,
        a_changed_row_is_found,
        a_missing_end_is_found_by_a_checkpoint;
    opening:
        a_restart_keeps_everything,
        openers_at_once_make_the_tables_once,
        tables_of_the_first_version_are_brought_up_to_date,
        newer_tables_are_refused,
        health_tells_backend_and_tip;
    incidents:
        of_two_openers_one_wins,
        a_plan_ends_with_its_incident_or_not_at_all,
        nothing_awaits_a_decision_in_a_closed_incident,
        a_version_is_changed_once,
        incidents_are_found,
        letters_are_stable_under_concurrency,
        letters_end_with_z;
    plans:
        every_pair_of_states_is_legal_or_refused,
        a_wrong_belief_changes_nothing,
        a_new_plan_supersedes_its_letter_only,
        plans_are_found_by_digest,
        a_plan_needs_its_letter;
    approvals:
        an_identity_decides_once,
        an_approval_is_for_one_plan_and_in_time,
        one_denial_ends_it;
    running:
        of_two_begins_one_wins,
        a_nonce_counts_once,
        a_plan_begins_in_time_and_approved,
        one_plan_runs_in_a_cluster,
        plans_per_hour_are_limited,
        an_object_rests_and_holds,
        two_people_lift_a_pause,
        a_pause_holds_between_two_steps;
    rechecks:
        later_looks_fall_due_and_count_once,
        an_installation_keeps_its_name;
    steps:
        an_executor_is_replaced_after_its_lease,
        an_old_executor_is_fenced_off,
        repeating_a_step_changes_nothing,
        a_step_needs_lease_and_target,
        an_outcome_is_kept_after_a_stop;
}
