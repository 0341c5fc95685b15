"""What people do and what time does in the model of asking; see `tests/streams/asking_model.py`."""

from __future__ import annotations

from tests.streams.asking_model import (
    ANSWER,
    CONFIRMING,
    DAY,
    GRACE,
    HELD_BACK,
    HOUR,
    METERS_A_MINUTE,
    MINUTE,
    NO_CREW,
    OF_FORCE,
    REACH,
    REACHING,
    SILENT_P1,
    UNREACHED,
    Cover,
    Crew,
    Model,
    Need,
    Request,
    Team,
    answer_by,
)


class Acts(Model):
    """Each act says whether it is taken; the world's ids come in as names, and decide ties."""

    # Answers

    def accept(self, asked: Request, quantity: int, minutes: int | None) -> bool:
        """The newest request of the pair answers; a late yes to a covered line is a standby."""
        request = self._newest(asked)
        if request is None or quantity > request.quantity:
            return False
        short = self.short(request.need)
        if request.state == "stood_down" and not short:
            return False
        team = request.team
        if (team.away > REACH and not request.by_hand) or quantity > self.uncommitted(team):
            return False
        request.answered, request.minutes = quantity, minutes
        late = ("no_answer", "unreachable", "declined", "standby")
        if request.state in late and not short:
            self._end(request, "standby", self.now)
            request.until = self.now + 2 * HOUR
            request.said_at = self.now
        else:
            self._commit(request)
        return True

    def take_standby(self, request: Request) -> bool:
        fresh = request.state == "standby" and self._wanted(request)
        if not fresh or request.answered > self.uncommitted(request.team):
            return False
        self._commit(request)
        return True

    def kept(self, need: Need) -> bool:
        """The yes that somebody gave first while nobody was needed counts as soon as they are."""
        standing = [one for one in self.requests if one.need is need and one.state == "standby"]
        standing = [one for one in standing if one.answered <= self.uncommitted(one.team)]
        if not self.short(need) or not standing:
            return False
        self._commit(min(standing, key=lambda one: (one.said_at, one.name)))
        return True

    def decline(self, asked: Request, reason: str, free_from: int | None) -> bool:
        request = self._newest(asked)
        if request is None or request.state == "stood_down":
            return False
        if free_from is not None and free_from > self.now + 48 * HOUR:
            return False
        on = "force" if reason in OF_FORCE else "scene"
        pair = self.pair(request.need, request.team)
        assert pair is not None
        noes = pair.noes + (request.state != "declined")
        pair.noes = noes
        pause = NO_CREW[request.priority] if on == "force" else 4 * HOUR
        again: int | None = self.now + pause
        if free_from is not None:
            again = free_from = max(free_from, self.now + 10 * MINUTE)
        elif noes >= 2:
            again = None
        self._end(request, "declined", again, on)
        pair.free_from = free_from
        return True

    def by_hand(self, need: Need, team: Team) -> bool:
        """Past distance, duty, pause and cap; never for units that are promised."""
        pair, free = self.pair(need, team), self.uncommitted(team)
        waiting = pair is not None and pair.request.state == "sent"
        if not need.open or waiting or not free:
            return False
        self.ask(need, team, min(free, max(1, self.short(need))), by_hand=True)
        return True

    def _newest(self, asked: Request) -> Request | None:
        """The request that an answer to an older one counts for, if it can be answered."""
        pair = self.pair(asked.need, asked.team)
        request = asked if pair is None or asked.state == "accepted" else pair.request
        return request if request.state != "accepted" and self._wanted(request) else None

    def _wanted(self, request: Request) -> bool:
        return request.need.open and request.need.round == request.round

    def _commit(self, request: Request) -> None:
        need, team, quantity = request.need, request.team, request.answered
        short, before = self.short(need), self.cover(need)
        whole = quantity >= min(request.quantity, short)
        left = self.uncommitted(team) - quantity
        live = [one for one in self.requests if one.team is team and one is not request]
        live = [one for one in live if one.state in ("sent", "standby")]
        way = team.away * MINUTE // METERS_A_MINUTE + 15 * MINUTE
        if request.minutes is not None:
            way = request.minutes * MINUTE
        arrival = self.now + way
        self.crews.append(Crew(request, quantity, arrival, arrival + GRACE[need.priority]))
        again = self.now if whole else self.now + NO_CREW[request.priority]
        self._end(request, "accepted", again, None if whole else "force")
        self._covered(need, before)
        for one in sorted(live, key=lambda one: (one.priority, one.at, one.name)):
            standby = one.state == "standby"  # it holds nothing from anybody
            if (one.answered if standby else one.quantity) > left:
                self._stand_down(one, "needed_elsewhere")
            elif not standby:
                left -= one.quantity

    def _end(self, request: Request, state: str, again: int | None, on: str | None = None) -> None:
        """An outcome: whom it makes able, which line it leaves short, when it is asked again."""
        self._pool(request, state)
        pair = self.pairs[request.need.key, request.team.key, request.round]
        was, request.state = request.state, state
        if pair.request is request:
            pair.again, pair.on, pair.turn = again, on, self.turn
            silent, unreached = state == "no_answer", state == "unreachable"
            pair.silences = pair.silences + silent if silent or unreached else 0
            pair.unreached = pair.unreached + 1 if unreached else 0
            pair.free_from = pair.free_from if silent or unreached else None
        if was == "sent":
            self.wake(request.need, self.now)
        self.may_be_able(request.team)

    def _pool(self, request: Request, state: str) -> None:
        """Every request counts once when it is answered or over, and a late yes turns its no.

        Where channels are in use, silence says something only of whom one has reached.
        """
        unheard = state == "no_answer" and self.channels and not request.reached
        if state in ("stood_down", "unreachable") or unheard:
            return
        self.answers += not request.pooled
        request.pooled = True
        self.yes += state == "accepted"

    def _stand_down(self, request: Request, reason: str) -> None:
        if request.state in ("sent", "standby"):
            request.reason = reason
            self._end(request, "stood_down", self.now)

    # The messenger

    def record_reach(self, reached: list[tuple[Request, bool]], lost: list[Request]) -> bool:
        """Of each offer the first word counts, and only while its answer is awaited.

        The clock begins when it was reached, and no later than the bound; `reached` says as well
        whether a channel has done it, and not the team's own open page.
        """
        named = [one for one, _ in reached]
        fresh = [one for one in self.open_requests() if not one.reached]
        for request, channel in reached:
            if request in fresh and not request.reached:
                taken = min(self.now - request.at, REACHING[request.priority])
                by_day = answer_by(request.priority, request.at)
                night = by_day - ANSWER[request.priority] - request.at
                request.until = max(request.until, by_day + max(0, taken - night))
                request.reached, self.channels = True, self.channels or channel
        for request in dict.fromkeys(lost):
            if request in fresh and request not in named:
                self._unreachable(request)
        return any(one in fresh for one in (*named, *lost))

    def _unreachable(self, request: Request) -> None:
        pair = self.pairs[request.need.key, request.team.key, request.round]
        pause = min(UNREACHED[request.priority] << pair.unreached, 2 * HOUR)
        again = max(self.now + pause, pair.free_from or 0)
        if request.team.demands.get(request.need.demand) == request.at:
            del request.team.demands[request.need.demand]
        self._end(request, "unreachable", again, "reach")

    def restore(self, team: Team) -> bool:
        team.restored = self.turn
        self.may_be_able(team)
        return True

    # Crews

    def arrive(self, crew: Crew) -> bool:
        return self._arrived(crew, reported=False)

    def report(self, crew: Crew) -> bool:
        return self._arrived(crew, reported=True)

    def _arrived(self, crew: Crew, *, reported: bool) -> bool:
        before = self.cover(crew.request.need)
        if crew.reported:
            return reported  # said twice: nothing new
        if not crew.arrived:
            crew.arrived, crew.late_at, crew.overdue, crew.doubted = True, None, False, False
        crew.reported = reported
        self._covered(crew.request.need, before)
        return True

    def confirm(self, crew: Crew, *, done: bool) -> bool:
        if not crew.reported:
            return False
        if done:
            self._leave(crew, delivered=crew.quantity)
        crew.reported = False
        return True

    def give_up(self, crew: Crew) -> bool:
        request = crew.request
        if crew.reported:
            return False
        self._leave(crew)
        pair = self.pair(request.need, request.team)
        assert pair is not None
        pair.again, pair.on = self.now + NO_CREW[request.need.priority], "force"
        pair.turn = self.turn
        return True

    def _leave(self, crew: Crew, delivered: int = 0) -> None:
        need = crew.request.need
        before = self.cover(need)
        self.crews.remove(crew)
        need.delivered += delivered
        self._covered(need, before)
        self.may_be_able(crew.request.team)

    def _covered(self, need: Need, before: Cover, target: int | None = None) -> None:
        """What a change of the cover means: a short line looks, a covered one thanks the others."""
        was = need.target if target is None else target
        was_short = was - before.working - before.delivered + before.replacing > 0
        if self.cover(need) == before and was == need.target:
            return
        self.wake(need, self.now)
        if need.open and was_short and not self.short(need):
            self.rest(need)
            for request in self.open_requests(need):
                self._stand_down(request, "covered")

    # The desk

    def publish(self, key: str, demand: str, priority: int, target: int) -> bool:
        released = self.now + HELD_BACK[priority]
        need = Need(key, demand, priority, target, released, look=released, scene=self.turn)
        self.needs[key] = need
        return True

    def amend(self, need: Need, priority: int, target: int, *, scene: bool) -> bool:
        """More urgent: open requests are taken back, and whoever was silent is asked again."""
        if not need.open:
            return False
        hurried, changed = priority < need.priority, priority != need.priority
        need.released = max(self.now, min(need.released, self.now + HELD_BACK[priority]))
        need.scene = self.turn if scene else need.scene
        before, was = self.cover(need), need.target
        need.target, need.priority, need.fruitless = target, priority, 0
        self._covered(need, before, was)
        self.wake(need, need.released)
        for crew in self.crews_of(need) if changed else []:
            self._hurry(crew)
        if hurried:
            need.urgent = self.turn
            for request in self.open_requests(need):
                self._stand_down(request, "demand_amended")
        return True

    def _hurry(self, crew: Crew) -> None:
        """It is waited for no longer than at the new priority; only P1 asks for one more."""
        priority = crew.request.need.priority
        if crew.arrived or crew.doubted:
            return
        if not crew.overdue:
            crew.late_at = min(crew.late_at or self.now, crew.promised + GRACE[priority])
        elif priority != 1:
            crew.late_at = None
        elif crew.late_at is None:
            crew.late_at = self.now + 5 * MINUTE

    def close(self, need: Need, reason: str) -> bool:
        if not need.open:
            return False
        need.open = False
        self.rest(need)
        for request in [one for one in self.requests if one.need is need]:
            self._stand_down(request, reason)
        for crew in self.crews_of(need):
            done = crew.reported and reason in CONFIRMING
            self._leave(crew, delivered=crew.quantity if done else 0)
        return True

    def reopen(self, need: Need) -> bool:
        """The next round: nothing is covered, and nobody was asked."""
        if need.open:
            return False
        need.open, need.round, need.delivered, need.released = True, need.round + 1, 0, self.now
        self.wake(need, self.now)
        return True

    # Organizations

    def state_duty(self, team: Team, on_duty: bool) -> bool:
        team.on_duty, team.stated = on_duty, self.turn
        self.may_be_able(team)
        return True

    def state_units(self, team: Team, units: int) -> bool:
        team.units, team.stated = units, self.turn
        self.may_be_able(team)
        return True

    # Time

    def due(self) -> int | None:
        """When something happens next by itself."""
        times = [one.look for one in self.needs.values() if one.look is not None]
        times += [one.until + 1 for one in self.open_requests()]
        times += [one.until for one in self.requests if one.state == "standby"]
        times += [crew.late_at for crew in self.crews if crew.late_at is not None]
        return min(times, default=None)

    def pass_time(self) -> None:
        """Whatever is over by now, before anybody looks for people."""
        for request in self.open_requests():
            if request.until < self.now:
                self._silent(request)
        for request in self.requests:
            if request.state == "standby" and request.until <= self.now:
                self._stand_down(request, "standby_over")
        for crew in list(self.crews):
            if crew.late_at is not None and crew.late_at <= self.now:
                self._late(crew)

    def _silent(self, request: Request) -> None:
        pair = self.pairs[request.need.key, request.team.key, request.round]
        if request.priority == 1:
            pause = SILENT_P1[min(pair.silences, 3)]
        else:
            pause = min(2 * ANSWER[request.priority] << pair.silences, DAY)
        again = max(request.until + pause, pair.free_from or 0)
        self._end(request, "no_answer", again, "force")

    def _late(self, crew: Crew) -> None:
        """Overdue; on P1 one more team is asked if after 5 minutes nobody has said anything."""
        need = crew.request.need
        before = self.cover(need)
        if crew.overdue:
            crew.doubted, crew.late_at = True, None
        else:
            crew.overdue = True
            crew.late_at = self.now + 5 * MINUTE if need.priority == 1 else None
        self._covered(need, before)
