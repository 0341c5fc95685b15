"""Bodies and commands agree field by field: same names, same codes, no looser bounds."""

from typing import Any, get_args

import msgspec
import pytest

from api.doors import (
    accounts,
    appeals,
    assignments,
    certificates,
    confirming,
    demands,
    handing_up,
    helpers,
    holding,
    incidents,
    instructions,
    lines,
    needs,
    notes,
    offers,
    organizations,
    refiling,
    relief,
    scene,
    sealed,
    selecting,
    several,
    shifts,
    standby,
    tasks,
    terms,
)
from api.doors.body import Body, Empty
from api.doors.hanging import bodies
from schemas import commands as c
from schemas.values import Capability, Certificate, LineRequest, OpeningReason

REFILED = {"demand", "revision", "contact", "address", "note", "lead", "notes", "older"}

# Each command with its body, and with what the door itself puts in: from the path, from a
# header, or made here. What is sealed or placed has another shape in the command.
LOOKED_FOR = set(selecting.BatchBody.model_fields)  # a digest names what these find

PAIRS: list[tuple[type, type[Body], set[str]]] = [
    (c.OpenIncident, incidents.OpenIncidentBody, set()),
    (c.JoinIncident, incidents.JoinIncidentBody, {"incident"}),
    (c.CloseIncident, incidents.CloseIncidentBody, {"incident"}),
    (c.ReopenIncident, Empty, {"incident"}),
    (c.PublishDemand, demands.PublishDemandBody, set()),
    (c.AmendDemand, demands.AmendDemandBody, {"demand", "revision"}),
    (c.CloseDemand, demands.CloseDemandBody, {"demand", "revision"}),
    (c.ReopenDemand, Empty, {"demand", "revision"}),
    (c.CloseDemands, several.CloseDemandsBody, set()),
    (c.ReopenDemands, several.SeveralBody, set()),
    (c.VoidDemands, selecting.BatchBody, {"batch", "demands", "count", *LOOKED_FOR}),
    (c.OpenTasks, selecting.BatchBody, {"batch", "tasks", "count", *LOOKED_FOR}),
    (c.UndoBatch, Empty, {"batch", "incident", "division"}),
    (c.GroupDemands, several.SeveralBody, {"leader"}),
    (c.UngroupDemands, several.SeveralBody, set()),
    (c.RefileDemand, refiling.RefileDemandBody, REFILED),
    (c.TakeBackDemand, Empty, {"demand", "revision"}),
    (c.KeepDemand, Empty, {"demand"}),
    (c.DraftDemand, demands.DraftDemandBody, set()),
    (c.ReportNeed, demands.ReportNeedBody, {"lines", "needed_by"}),
    (c.PublishDraft, Empty, {"demand", "revision"}),
    (c.HoldDemand, holding.HoldDemandBody, {"demand"}),
    (c.ResumeDemand, holding.ResumeDemandBody, {"demand"}),
    (c.HandUpDemand, handing_up.HandUpDemandBody, {"demand"}),
    (c.TakeOnDemand, Empty, {"demand"}),
    (c.GiveBackDemand, handing_up.GiveBackDemandBody, {"demand"}),
    (c.OpenSealedText, sealed.OpenSealedTextBody, {"demand"}),
    (c.NoteDemand, notes.NoteDemandBody, {"demand"}),
    (c.MakeAppeal, appeals.MakeAppealBody, {"demand", "revision"}),
    (c.EndAppeal, Empty, {"demand"}),
    (c.ReceiveHelpers, helpers.ReceiveHelpersBody, {"demand"}),
    (c.EndHelpers, helpers.EndHelpersBody, {"demand", "helpers"}),
    (c.AskByHand, lines.AskByHandBody, {"line"}),
    (c.ReceiveCrew, lines.ReceiveCrewBody, {"line"}),
    (c.OfferHelp, needs.OfferHelpBody, {"line"}),
    (c.DropLine, Empty, {"line"}),
    (c.SetOwnCrew, lines.SetOwnCrewBody, {"line"}),
    (c.ShowPersons, Empty, {"offer"}),
    (c.TakeStandby, Empty, {"offer"}),
    (c.EndStandby, standby.EndStandbyBody, {"offer"}),
    (c.AcceptOffer, offers.AcceptOfferBody, {"offer", "person"}),
    (c.CounterOffer, offers.CounterOfferBody, {"offer"}),
    (c.DeclineOffer, offers.DeclineOfferBody, {"offer", "person"}),
    (c.SetOff, Empty, {"assignment"}),
    (c.Arrive, assignments.ArriveBody, {"assignment"}),
    (c.ReportDone, assignments.ReportDoneBody, {"assignment"}),
    (c.CannotComplete, assignments.LeavingBody, {"assignment"}),
    (c.CheckIn, scene.CheckInBody, {"assignment"}),
    (c.CountHeads, scene.CountHeadsBody, {"assignment"}),
    (c.SeeWords, scene.SeeWordsBody, {"assignment"}),
    (c.ReportFromScene, scene.ReportFromSceneBody, {"assignment"}),
    (c.AnswerReport, scene.AnswerReportBody, {"assignment", "report"}),
    (c.InstructCrew, instructions.InstructCrewBody, {"assignment"}),
    (c.InstructIncident, instructions.InstructBody, {"incident"}),
    (c.CloseZone, instructions.CloseZoneBody, {"incident"}),
    (c.AcknowledgeInstruction, instructions.AcknowledgeBody, {"assignment", "instruction"}),
    (c.TellBeside, Empty, {"assignment", "instruction"}),
    (c.LetStay, instructions.LetStayBody, {"assignment"}),
    (c.LiftFromCrew, instructions.LiftBody, {"assignment", "instruction"}),
    (c.LiftFromIncident, instructions.LiftBody, {"incident", "instruction"}),
    (c.StandDownCrew, assignments.LeavingBody, {"assignment"}),
    (c.RelieveCrew, relief.RelieveCrewBody, {"assignment"}),
    (c.KeepCrewOn, Empty, {"assignment"}),
    (c.GiveNewTime, assignments.GiveNewTimeBody, {"assignment"}),
    (c.UndoStep, Empty, {"assignment"}),
    (c.CorrectStep, assignments.CorrectStepBody, {"assignment"}),
    (c.ConfirmAssignment, assignments.ConfirmAssignmentBody, {"assignment"}),
    (c.TakeShift, Empty, {"division"}),
    (c.HandOverShift, shifts.HandOverShiftBody, {"division", "incident"}),
    (c.OpenShiftNote, Empty, {"division"}),
    (c.OpenTask, tasks.OpenTaskBody, {"task"}),
    (c.DropTask, Empty, {"task"}),
    (c.ClaimTask, tasks.ClaimTaskBody, {"task"}),
    (c.GiveBackTask, Empty, {"task"}),
    (c.TakeBackTask, Empty, {"task"}),
    (c.ReportTask, Empty, {"task"}),
    (c.VerifyTask, tasks.VerifyTaskBody, {"task"}),
    (c.RegisterOrganization, organizations.RegisterOrganizationBody, set()),
    (c.CorrectOrganization, organizations.CorrectOrganizationBody, {"organization"}),
    (c.RetireOrganization, Empty, {"organization"}),
    (c.ReinstateOrganization, Empty, {"organization"}),
    (c.MergeOrganizations, organizations.MergeOrganizationsBody, {"organization"}),
    (c.SeparateOrganizations, Empty, {"merged"}),
    (c.RecordCertificate, certificates.RecordCertificateBody, {"organization", "certificate"}),
    (c.WithdrawCertificate, certificates.WithdrawCertificateBody, {"organization"}),
    (c.WithdrawIssuer, certificates.WithdrawIssuerBody, set()),
    (c.SetCapacity, organizations.SetCapacityBody, {"organization"}),
    (c.SetDuty, organizations.SetDutyBody, {"organization"}),
    (c.SetHours, terms.SetHoursBody, {"organization"}),
    (c.RecordSafeguards, terms.RecordSafeguardsBody, {"organization"}),
    (c.SetEnrollment, terms.SetEnrollmentBody, {"organization"}),
    (c.GrantRole, accounts.GrantRoleBody, {"account"}),
    (c.EndGrant, accounts.EndGrantBody, {"account"}),
    (c.MakeLink, accounts.LinkBody, {"account", "role", "link", "reason", "in_use", "used"}),
    (c.EndSessions, accounts.EndSessionsBody, {"account"}),
    (c.ConfirmAccess, confirming.ConfirmAccessBody, {"account"}),
]
PARTS: list[tuple[type, type[Body], set[str]]] = [
    (LineRequest, demands.LineBody, set()),
    (Capability, organizations.CapabilityBody, set()),
    (Certificate, certificates.RecordCertificateBody, set()),
]
# Fields of bodies that are no field of the command: they go to people, or into a part.
BESIDE = {
    incidents.OpenIncidentBody: {"exercise"},
    selecting.BatchBody: {*selecting.BatchBody.model_fields},
    accounts.GrantRoleBody: {"name", "player"},
    accounts.LinkBody: {"end_sessions", "end_password", "reason"},
    accounts.EndSessionsBody: {"end_password"},
    certificates.RecordCertificateBody: {*Certificate.__struct_fields__},
}
BESIDE_A_PART: dict[type[Body], set[str]] = {
    certificates.RecordCertificateBody: {"insist"}
}  # the command's own
OTHER_SHAPE = {"place", "contact", "address", "note", "lead", "lines", "capabilities"}
SEALED: dict[type[Body], set[str]] = {
    lines.AskByHandBody: {"reason"},
    relief.RelieveCrewBody: {"reason"},
    notes.NoteDemandBody: {"text"},
}  # likewise, under a name that others have plain
NOT_OF_A_PERSON = {OpeningReason.ACCEPTED}  # comes with a yes by itself
MADE_BY_US = {
    *(c.OpenLog, c.MoveLog, c.ReceiveLog, c.ChangeRules),
    *(c.Tick, c.Resume, c.RecordReach, c.RestoreReach, c.UseLink, c.ProposePlan),
}
NO_COMMAND = {
    *("SignInBody", "AdvanceBody", "AddPersonBody", "CorrectPersonBody", "SeenBody"),
    *("ReachBody", "NameDeviceBody", "EndDeviceBody"),
    *("AddAddressBody", "ConfirmBody", "VouchBody", "ConsentBody", "WithdrawBody"),
    *("WithdrawNumberBody", "ReadNotesBody", "ReadHelpersBody", "NotPickedUpBody"),
    *("PasswordSignInBody", "SetPasswordBody", "ProveBody"),
    *("BatchLookBody", "PublicNumberBody"),
}
MUST_ANSWER = {"done"}  # the command has a default; a person says it


def plain(schema: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    """A field's schema with references followed and a null alternative left out."""
    while "$ref" in schema or "anyOf" in schema:
        if "$ref" in schema:
            schema = definitions[schema["$ref"].rpartition("/")[2]]
        else:
            schema = next(item for item in schema["anyOf"] if item.get("type") != "null")
    found: dict[str, Any] = schema
    return found


def of_command(command: type) -> tuple[dict[str, Any], dict[str, Any]]:
    whole = msgspec.json.schema(command)
    return whole["$defs"][command.__name__], whole["$defs"]


def of_body(body: type[Body]) -> tuple[dict[str, Any], dict[str, Any]]:
    whole = body.model_json_schema()
    return whole, whole.get("$defs", {})


def test_every_command_of_a_person_has_its_door() -> None:
    assert {pair[0] for pair in PAIRS} == set(get_args(c.Command)) - MADE_BY_US
    paired = {pair[1].__name__ for pair in PAIRS}
    assert NO_COMMAND | paired == set(bodies)


@pytest.mark.parametrize(("command", "body", "elsewhere"), PAIRS + PARTS)
def test_the_same_fields(command: type, body: type[Body], elsewhere: set[str]) -> None:
    there, _ = of_command(command)
    fields = set(there["properties"]) - {"type"} - elsewhere
    part = command in {part[0] for part in PARTS}
    beside = (BESIDE_A_PART if part else BESIDE).get(body, set())
    assert set(body.model_fields) - beside == fields
    required = set(there.get("required", ())) - {"type"} - elsewhere
    asked = {name for name, field in body.model_fields.items() if field.is_required()} - beside
    assert asked - MUST_ANSWER == required


@pytest.mark.parametrize(("command", "body", "elsewhere"), PAIRS + PARTS)
def test_no_looser_bounds(command: type, body: type[Body], elsewhere: set[str]) -> None:
    there, definitions = of_command(command)
    here, parts = of_body(body)
    other = OTHER_SHAPE | SEALED.get(body, set())
    for name in set(here["properties"]) & set(there["properties"]) - other:
        ours = plain(here["properties"][name], parts)
        theirs = plain(there["properties"][name], definitions)
        tighter(ours, theirs, name)
        if "items" in theirs:
            tighter(plain(ours["items"], parts), plain(theirs["items"], definitions), name)


def tighter(ours: dict[str, Any], theirs: dict[str, Any], name: str) -> None:
    for least in ("minimum", "minLength", "minItems"):
        if least in theirs:
            assert ours.get(least, -1) >= theirs[least], (name, least)
    for most in ("maximum", "maxLength", "maxItems"):
        if most in theirs:
            assert ours.get(most, 10**18) <= theirs[most], (name, most)
    for same in ("type", "pattern"):
        if same in theirs and "enum" not in theirs:
            assert ours.get(same) == theirs[same], (name, same)
    assert set(ours.get("enum", ())) == set(theirs.get("enum", ())) - NOT_OF_A_PERSON, name


@pytest.mark.parametrize("name", ["lines", "capabilities"])
def test_lists_of_parts_have_the_same_length(name: str) -> None:
    for command, body, _ in PAIRS:
        there, _ = of_command(command)
        if name in there["properties"] and name in body.model_fields:
            tighter(of_body(body)[0]["properties"][name], there["properties"][name], name)
