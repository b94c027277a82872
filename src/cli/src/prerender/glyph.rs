//! The small drawing beside a lesson in the table of contents, in the marks that its labs use.

/// The drawing of a lesson, as the inside of an SVG of 56 by 36. A lesson without one of its own has a plain ring.
pub(super) fn of(lesson: &str) -> &'static str {
    match lesson {
        "the-computer-you-didnt-know-existed" => {
            r#"<rect x="4" y="11" width="14" height="14"/><path d="M18 18h10"/><circle cx="35" cy="18" r="7" class="h"/><path d="M41 13l7-6M42.5 18h7M41 23l7 6" class="d"/>"#
        }
        "slow-dead-or-lost" => {
            r#"<circle cx="14" cy="18" r="8"/><path d="M14 13v5l3.5 2"/><path d="M26 18h26" class="d"/><path d="m49 15 3.3 3-3.3 3"/>"#
        }
        "there-is-no-now" => {
            r#"<path d="M2 9h52M2 27h52M12 9l16 17"/><path d="m24.5 25.5 4 1-.5-4.2"/><circle cx="12" cy="9" r="2" class="f"/><circle cx="28.5" cy="27" r="2" class="f"/><circle cx="42" cy="9" r="2" class="f"/>"#
        }
        "more-machines-more-failures" => {
            r#"<circle cx="9" cy="18" r="5"/><circle cx="23" cy="18" r="5"/><circle cx="37" cy="18" r="5"/><circle cx="50" cy="18" r="4.5" class="d"/><path d="M3 8V5h40v3"/>"#
        }
        "one-big-box-first" => {
            r#"<path d="M2 18h6"/><circle cx="12" cy="18" r="2" class="f"/><circle cx="19" cy="18" r="2" class="f"/><circle cx="25" cy="18" r="2" class="f"/><circle cx="41" cy="18" r="10.5"/>"#
        }
        "queues-balancers-and-the-tail" => {
            r#"<circle cx="6" cy="18" r="2" class="f"/><path d="M9 18 34 7M9 18h25M9 18l25 11"/><circle cx="40" cy="7" r="4.5"/><circle cx="40" cy="18" r="4.5"/><circle cx="40" cy="29" r="4.5"/>"#
        }
        "sharding-and-hot-keys" => {
            r#"<path d="M3 5h50M9 12v14M17 18v8M25 15v11M33 8v18M41 20v6M49 17v9"/><path d="M29 31h8" class="h"/><path d="M3 31h22M41 31h12"/>"#
        }
        "the-tipping-point" => {
            r#"<path d="M9 17l11-7M9 19l11 7M26 9l12-4M26 10l12 4M26 26l12-4M26 27l12 4"/><circle cx="6" cy="18" r="3" class="f"/><circle cx="23" cy="9.5" r="3"/><circle cx="23" cy="26.5" r="3"/><circle cx="41" cy="4.5" r="3"/><circle cx="41" cy="14" r="3"/><circle cx="41" cy="22" r="3"/><circle cx="41" cy="31.5" r="3"/>"#
        }
        "replication-and-the-lost-write" => {
            r#"<circle cx="15" cy="18" r="9" class="h"/><path d="M27 18h8m-3-3 3.3 3-3.3 3"/><circle cx="45" cy="18" r="8"/>"#
        }
        "quorums" => {
            r#"<circle cx="8" cy="18" r="3.5" class="f"/><circle cx="18" cy="18" r="3.5" class="f"/><circle cx="28" cy="18" r="3.5" class="f"/><circle cx="38" cy="18" r="3.5"/><circle cx="48" cy="18" r="3.5"/><path d="M4.5 11V7h27v4M24.5 25v4h27v-4"/>"#
        }
        "what-consistent-means" => {
            r#"<path d="M4 10h26M4 6.5v7M30 6.5v7M20 26h32M20 22.5v7M52 22.5v7"/><circle cx="17" cy="10" r="2.5" class="f"/><circle cx="36" cy="26" r="2.5" class="f"/>"#
        }
        "partition" => {
            r#"<circle cx="9" cy="18" r="6.5" class="h"/><circle cx="46" cy="18" r="6.5" class="h"/><path d="M17 18h6M32.5 18h5M33 4 22.5 32M21.5 21.5l2.6-7M31 21.5l2.6-7"/>"#
        }
        "merging-instead-of-agreeing" => {
            r#"<path d="M2 18h10L24 8h10l12 10h8M12 18l12 10h10l12-10"/><circle cx="46" cy="18" r="2.5" class="f"/>"#
        }
        "electing-a-leader" => {
            r#"<circle cx="28" cy="18" r="9" class="c"/><path d="M8 14l4 4-4 4-4-4zM48 14l4 4-4 4-4-4z" class="f"/>"#
        }
        "the-replicated-log" => {
            r#"<path d="M3 6h9v9H3zM14 6h9v9h-9zM25 6h9v9h-9zM36 6h9v9h-9z" class="f"/><path d="M3 21h9v9H3zM14 21h9v9h-9z" class="f"/><path d="M25 21h9v9h-9z"/>"#
        }
        "raft-on-a-bad-network" => {
            r#"<circle cx="28" cy="7" r="4.5"/><circle cx="11" cy="28" r="4.5"/><circle cx="45" cy="28" r="4.5"/><path d="M24.5 11 14.5 24M16 28h24"/><path d="m31.5 11 10 13" class="d"/>"#
        }
        "locks-leases-and-fencing" => {
            r#"<path d="M4 18h18M10 18v5M15 18v4"/><circle cx="27" cy="18" r="5"/><path d="M40 5v26M46 10v21M52 15v16"/>"#
        }
        "configuration-as-agreed-state" => {
            r#"<path d="M28 4l4.5 4.5L28 13l-4.5-4.5zM25 12 14 24M31 12l11 12"/><circle cx="11" cy="27" r="5"/><circle cx="45" cy="27" r="5"/>"#
        }
        "cascades-and-storms" => {
            r#"<circle cx="6" cy="28" r="2" class="f"/><circle cx="17" cy="28" r="2" class="f"/><circle cx="17" cy="21.5" r="2" class="f"/><circle cx="28" cy="28" r="2" class="f"/><circle cx="28" cy="21.5" r="2" class="f"/><circle cx="28" cy="15" r="2" class="f"/><circle cx="28" cy="8.5" r="2" class="f"/><path d="M38 3.5v27M38 3.5h12"/>"#
        }
        "standing-still-safely" => r#"<path d="M2 8h12v20h22q6 0 8-10t10-10"/><path d="M2 32h52" class="d"/>"#,
        _ => r#"<circle cx="28" cy="18" r="8"/>"#,
    }
}
