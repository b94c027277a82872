//! Handing the leadership over (thesis §3.10).

use sim::ProcessId;

use super::{Role, Server, Transfer};
use crate::raft::message::Message;
use crate::raft::note::{AdminRefused, Note};
use crate::raft::{Ctx, Timer};

impl Server {
    /// "The prior leader stops accepting new client requests", brings the target's log up to date, and then tells it
    /// to campaign.
    pub(super) fn begin_transfer(&mut self, to: ProcessId, ctx: &mut Ctx<'_>) -> Result<(), AdminRefused> {
        let Role::Leader(leadership) = &self.role else {
            return Err(AdminRefused::NotLeader { leader: self.volatile.leader });
        };
        if to.0 >= self.servers {
            return Err(AdminRefused::NoSuchServer);
        }
        if to == self.id {
            return Err(AdminRefused::Already);
        }
        if let Some(transfer) = leadership.transfer {
            return Err(AdminRefused::Transferring { to: transfer.to });
        }
        if !self.membership().all_voters().contains(to) {
            return Err(AdminRefused::NotVoter);
        }
        ctx.note(Note::BeginsTransfer { to });
        ctx.set_timer(Timer::Transfer, self.election_timeout());
        if let Some(leadership) = self.leadership_mut() {
            leadership.transfer = Some(Transfer { to, told: false });
        }
        self.hand_over_if_caught_up(ctx);
        Ok(())
    }

    /// "The prior leader sends a TimeoutNow request to the target server" once their logs match. From then on others
    /// may vote for it although they hear from this leader, so no lease of this term counts any more.
    pub(super) fn hand_over_if_caught_up(&mut self, ctx: &mut Ctx<'_>) {
        let (term, last) = (self.persistent.term, self.persistent.log.last_index());
        let Some(leadership) = self.leadership_mut() else { return };
        let Some(transfer) = leadership.transfer.as_mut().filter(|transfer| !transfer.told) else { return };
        let to = transfer.to;
        if leadership.progress.get(&to).is_some_and(|progress| progress.matched == last) {
            transfer.told = true;
            leadership.rounds.forsworn = true;
            ctx.note(Note::HandsOver { to });
            self.send(to, Message::TimeoutNow { term }, ctx);
        }
    }

    /// "If leadership transfer does not complete after about an election timeout, the prior leader aborts the
    /// transfer and resumes accepting client requests."
    pub(super) fn abort_transfer(&mut self, ctx: &mut Ctx<'_>) {
        if let Some(transfer) = self.leadership_mut().and_then(|leadership| leadership.transfer.take()) {
            ctx.note(Note::AbortsTransfer { to: transfer.to });
        }
    }

    /// "When the target receives the TimeoutNow request, it starts a new election at once", without asking first.
    pub(super) fn on_timeout_now(&mut self, term: u64, ctx: &mut Ctx<'_>) {
        if term == self.persistent.term && !self.leads() && self.is_voter() {
            self.campaign(true, ctx);
        }
    }
}
