"""The ontology's terms and codes. Generated from `ontology/` by `.ci/make_terms.py`; do not edit."""

from __future__ import annotations

from typing import Final, NamedTuple


class Term(NamedTuple):
    """A term of the ontology."""

    name: str
    kind: str
    """`class`, `link` (to a thing) or `value` (a literal)."""
    label: str
    definition: str
    scope_note: str
    parents: tuple[str, ...]
    alternatives: tuple[str, ...]
    domain: str
    range: str

    @property
    def iri(self) -> str:
        """The term's IRI."""
        return NAMESPACE + self.name


class Code(NamedTuple):
    """A concept of one of the code lists."""

    scheme: str
    code: str
    label: str
    definition: str


NAMESPACE: Final = "https://w3id.org/policy-lineage/ns#"


def ancestors(name: str) -> tuple[str, ...]:
    """Return every class or property of ours above a term, nearest first.

    Example:
        >>> ancestors("Action")
        ('Delivery', 'Element')
    """
    found: list[str] = []
    queue = [name]
    while queue:
        term = TERMS.get(queue.pop(0))
        for parent in term.parents if term else ():
            if parent in TERMS and parent not in found:
                found.append(parent)
                queue.append(parent)
    return tuple(found)


TERMS: Final[dict[str, Term]] = {
    'Instrument': Term('Instrument', 'class', 'instrument', 'A strategy, plan, act, guidance, programme or report considered as a work, whatever file it was read from.', '', ('prov:Entity',), (), '', ''),
    'FundingStream': Term('FundingStream', 'class', 'funding stream', 'A named source of money.', 'Funding is not alignment: money from a national stream implies no objective.', ('Instrument',), (), '', ''),
    'SourceText': Term('SourceText', 'class', 'source text', 'One fixed text of an instrument, identified by its checksum, in which quotations are located.', '', ('prov:Entity',), (), '', ''),
    'textOf': Term('textOf', 'link', 'text of', 'The instrument of which this is a text.', '', (), (), 'SourceText', 'Instrument'),
    'sha256': Term('sha256', 'value', 'SHA-256', "Checksum of the text's bytes.", '', (), (), 'SourceText', 'xsd:string'),
    'instrumentType': Term('instrumentType', 'link', 'instrument type', 'What kind of instrument it is: strategy, statute, guidance, programme and so on.', '', (), (), 'Instrument', 'skos:Concept'),
    'level': Term('level', 'link', 'level', 'Whether the instrument is national, regional or local.', '', (), (), 'Instrument', 'skos:Concept'),
    'jurisdiction': Term('jurisdiction', 'link', 'jurisdiction', 'The nations in which it applies.', 'No accepted link crosses two jurisdictions that share no nation.', (), (), '', 'skos:Concept'),
    'issuedBy': Term('issuedBy', 'link', 'issued by', 'The body that issued the instrument.', '', (), (), 'Instrument', 'foaf:Agent'),
    'Element': Term('Element', 'class', 'element', 'Something that exactly one instrument sets out.', '', ('prov:Entity',), (), '', ''),
    'Intent': Term('Intent', 'class', 'intent', 'An element saying what is sought.', '', ('Element',), (), '', ''),
    'Vision': Term('Vision', 'class', 'vision', 'The state of affairs that a whole instrument hopes for.', '', ('Intent',), (), '', ''),
    'Aim': Term('Aim', 'class', 'aim', 'A purpose that an instrument states for itself.', '', ('Intent',), (), '', ''),
    'Priority': Term('Priority', 'class', 'priority', 'An area chosen for attention.', '', ('Intent',), ('theme',), '', ''),
    'Objective': Term('Objective', 'class', 'objective', 'A result that an instrument commits its audience to pursue.', '', ('Intent',), (), '', ''),
    'Outcome': Term('Outcome', 'class', 'outcome', 'A change in the lives or experience of people that an instrument seeks.', 'A named set of outcomes taken up as a whole is one outcome of kind outcome-set.', ('Intent',), ('outcome set',), '', ''),
    'Principle': Term('Principle', 'class', 'principle', 'A manner of working that an instrument seeks in everything it does.', '', ('Intent',), (), '', ''),
    'DesiredState': Term('DesiredState', 'class', 'desired state', "A description of how services are meant to be at the end of the instrument's period.", 'Not an action, and never paired with one unless the source pairs them.', ('Intent',), (), '', ''),
    'Delivery': Term('Delivery', 'class', 'delivery', 'An element saying what will be done.', '', ('Element',), (), '', ''),
    'Workstream': Term('Workstream', 'class', 'workstream', 'A strand of work that groups actions.', '', ('Delivery',), (), '', ''),
    'Commitment': Term('Commitment', 'class', 'commitment', 'A declared change in what is commissioned or how resources are used.', '', ('Delivery',), ('commissioning intention', 'strategic shift'), '', ''),
    'Action': Term('Action', 'class', 'action', 'A specific piece of planned work.', 'A progress update, a baseline or a desired state is not an action.', ('Delivery',), (), '', ''),
    'Activity': Term('Activity', 'class', 'activity', 'A step by which a commitment is carried out.', 'A planned step, not a prov:Activity, which has occurred.', ('Delivery',), (), '', ''),
    'Context': Term('Context', 'class', 'context', 'An element saying what an instrument finds, hears or has already begun.', '', ('Element',), (), '', ''),
    'Driver': Term('Driver', 'class', 'driver', 'A policy or circumstance that an instrument says is driving change.', '', ('Context',), (), '', ''),
    'Message': Term('Message', 'class', 'message', 'A lesson that an instrument draws from its drivers as a whole.', '', ('Context',), (), '', ''),
    'Issue': Term('Issue', 'class', 'issue', 'A matter that an instrument lists for attention under a theme.', '', ('Context',), (), '', ''),
    'Initiative': Term('Initiative', 'class', 'initiative', 'Work that was already under way or done when the instrument was written.', 'Not a planned action.', ('Context',), ('current initiative',), '', ''),
    'BaselineState': Term('BaselineState', 'class', 'baseline state', 'A description of how services were when the instrument was written.', '', ('Context',), (), '', ''),
    'Milestone': Term('Milestone', 'class', 'milestone', 'An event whose occurrence shows progress.', '', ('Element',), (), '', ''),
    'Measure': Term('Measure', 'class', 'measure', 'A quantity or check by which progress is judged.', '', ('Element',), ('indicator', 'metric'), '', ''),
    'StatusReport': Term('StatusReport', 'class', 'status report', 'A dated statement of progress on an element or instrument.', 'Evidence that something happened, not an action.', ('Element',), ('progress update',), '', ''),
    'ElementSet': Term('ElementSet', 'class', 'element set', 'Elements that a document lays out in one column or block.', 'Sets laid side by side are linked as sets only; no link passes to their members.', ('prov:Entity',), (), '', ''),
    'elementKind': Term('elementKind', 'link', 'element kind', 'The finer kind of an element within its class.', '', (), (), 'Element', 'skos:Concept'),
    'calledInSource': Term('calledInSource', 'value', 'called in source', "The source's own word for this kind of element.", '', (), (), 'Element', 'xsd:string'),
    'number': Term('number', 'value', 'number', 'The number that the source prints beside the element.', '', (), (), 'Element', 'xsd:string'),
    'verbatim': Term('verbatim', 'value', 'verbatim', 'The words of the source, unchanged but for white space.', '', (), (), '', 'xsd:string'),
    'repairedText': Term('repairedText', 'value', 'repaired text', 'The words put back together where the text was damaged.', 'The raw pieces stand in the evidence; confidence says how sure the repair is.', (), (), 'Element', 'xsd:string'),
    'setOutIn': Term('setOutIn', 'link', 'set out in', 'The one instrument that sets out this element or set.', '', (), (), '', 'Instrument'),
    'within': Term('within', 'link', 'within', 'Part of, at any depth.', 'Inferred; do not assert.', (), (), '', ''),
    'partOf': Term('partOf', 'link', 'part of', 'The element of the same instrument under which this one is set out.', 'Parts of a whole that serves an objective do not thereby serve it.', ('within',), (), 'Element', 'Element'),
    'hasMember': Term('hasMember', 'link', 'has member', 'An element of the set.', '', (), (), 'ElementSet', 'Element'),
    'setBeside': Term('setBeside', 'link', 'set beside', 'The set that the document lays beside this one, without joining their rows.', 'Not lineage.', (), (), 'ElementSet', 'ElementSet'),
    'tracesTo': Term('tracesTo', 'link', 'traces to', 'Some chain of lineage links leads up from this thing to that one.', 'Inferred; do not assert. A path, not a purpose.', (), (), '', ''),
    'contributesTo': Term('contributesTo', 'link', 'contributes to', 'Held to help bring about that intent.', 'Not transitive.', ('tracesTo',), (), 'Element', 'Intent'),
    'serves': Term('serves', 'link', 'serves', 'Undertaken or sought for the sake of that intent.', '', ('contributesTo',), (), '', ''),
    'servesPrimarily': Term('servesPrimarily', 'link', 'serves primarily', 'Serves, and that intent is named as the main one.', 'Primary does not mean only.', ('serves',), (), '', ''),
    'mayServe': Term('mayServe', 'link', 'may serve', 'Could serve that intent, by a chain that suggests but does not establish it.', 'Inferred; do not assert. Not lineage.', (), (), 'Element', 'Intent'),
    'restates': Term('restates', 'link', 'restates', 'Sets out again, as its own, the same intent as another instrument.', 'Neither symmetric nor transitive; similar words are no restatement.', ('tracesTo',), (), 'Intent', 'Intent'),
    'supportsInstrument': Term('supportsInstrument', 'link', 'supports instrument', 'Carries out that instrument, or serves at least one intent that it sets out.', 'Does not say which intent is served.', ('tracesTo',), (), 'Element', 'Instrument'),
    'drawsOn': Term('drawsOn', 'link', 'draws on', 'Was shaped by that instrument.', 'A link of the plan; it does not flow down to its actions.', ('tracesTo',), (), 'Instrument', 'Instrument'),
    'implements': Term('implements', 'link', 'implements', 'Declares itself a means of carrying out that instrument.', '', ('drawsOn',), (), '', ''),
    'cites': Term('cites', 'link', 'cites', 'Mentions that instrument, and no more.', 'Not lineage. Naming a statute is a legal duty, not service.', (), (), '', 'Instrument'),
    'succeeds': Term('succeeds', 'link', 'succeeds', 'Supersedes, at any remove.', 'Inferred; do not assert.', (), (), '', ''),
    'supersedes': Term('supersedes', 'link', 'supersedes', 'Takes the place of that instrument.', 'Links to the older instrument do not migrate to the newer one.', ('succeeds',), (), 'Instrument', 'Instrument'),
    'GenericGroup': Term('GenericGroup', 'class', 'generic group', 'Agents named only by kind, such as all providers.', 'Never expanded to a list of bodies.', ('foaf:Agent',), (), '', ''),
    'involvesBody': Term('involvesBody', 'link', 'involves body', 'Names that body in a part that may not be described more exactly.', '', (), (), '', 'foaf:Agent'),
    'ledBy': Term('ledBy', 'link', 'led by', 'That body is named as lead.', 'A collective lead is no accountable owner.', ('involvesBody',), (), '', ''),
    'governedBy': Term('governedBy', 'link', 'governed by', 'That body decides about this.', '', ('involvesBody',), (), '', ''),
    'reportsTo': Term('reportsTo', 'link', 'reports to', 'Progress is reported to that body.', '', ('involvesBody',), (), '', ''),
    'overseenBy': Term('overseenBy', 'link', 'overseen by', 'That body oversees or monitors this.', '', ('involvesBody',), (), '', ''),
    'deliveredWith': Term('deliveredWith', 'link', 'delivered with', 'That body takes part in the delivery.', '', ('involvesBody',), (), '', ''),
    'fundedBy': Term('fundedBy', 'link', 'funded by', 'That body pays for this, wholly or partly.', '', ('involvesBody',), (), '', ''),
    'hasMilestone': Term('hasMilestone', 'link', 'has milestone', 'Progress on this is shown by that milestone.', '', (), (), 'Element', 'Milestone'),
    'measuredBy': Term('measuredBy', 'link', 'measured by', 'Progress on this is judged by that measure.', '', (), (), 'Element', 'Measure'),
    'reportsOn': Term('reportsOn', 'link', 'reports on', 'The element or instrument whose progress is stated.', '', (), (), 'StatusReport', ''),
    'rating': Term('rating', 'link', 'rating', 'The grade given, in the scale of the instrument that gives it.', 'Lost grades are absences, never a default.', (), (), 'Element', 'skos:Concept'),
    'Observation': Term('Observation', 'class', 'observation', 'A value that an instrument reports.', '', ('prov:Entity',), (), '', ''),
    'observedIn': Term('observedIn', 'link', 'observed in', 'The status report or instrument that gives the value.', '', (), (), 'Observation', ''),
    'Allocation': Term('Allocation', 'class', 'allocation', 'An amount of money, or the stated lack of one, for something over a period.', 'Amounts of different natures are never added up.', ('schema:MonetaryAmount',), (), '', ''),
    'fundedFrom': Term('fundedFrom', 'link', 'funded from', 'Paid for, wholly or partly, from that stream.', '', (), (), 'Element', 'FundingStream'),
    'hasAllocation': Term('hasAllocation', 'link', 'has allocation', 'The money stated for this.', '', (), (), '', 'Allocation'),
    'fromStream': Term('fromStream', 'link', 'from stream', 'The stream that this allocation comes from.', '', (), (), 'Allocation', 'FundingStream'),
    'fundingNature': Term('fundingNature', 'link', 'funding nature', 'Whether the money is new, existing, to be confirmed or said not to be identified.', '', (), (), 'Allocation', 'skos:Concept'),
    'amountAsWritten': Term('amountAsWritten', 'value', 'amount as written', 'The amount in the words of the source.', '', (), (), 'Allocation', 'xsd:string'),
    'hasPeriod': Term('hasPeriod', 'link', 'has period', 'A time that this is planned for, covers or describes.', '', (), (), '', 'dcterms:PeriodOfTime'),
    'periodRole': Term('periodRole', 'link', 'period role', 'What the time is of: start, completion, review and so on.', '', (), (), 'dcterms:PeriodOfTime', 'skos:Concept'),
    'precision': Term('precision', 'link', 'precision', 'How finely the source states the time.', '', (), (), 'dcterms:PeriodOfTime', 'skos:Concept'),
    'undatedReason': Term('undatedReason', 'link', 'undated reason', 'Why the words give no date.', '', (), (), 'dcterms:PeriodOfTime', 'skos:Concept'),
    'edtf': Term('edtf', 'value', 'EDTF value', 'The time in the Extended Date/Time Format.', '', (), (), 'dcterms:PeriodOfTime', 'xsd:string'),
    'StatedAbsence': Term('StatedAbsence', 'class', 'stated absence', 'Something that a document visibly does not give.', 'Lost is never no, and a blank is never a default value.', ('prov:Entity',), ('absence',), '', ''),
    'absenceOf': Term('absenceOf', 'link', 'absence of', 'The thing for which something is not given.', '', (), (), 'StatedAbsence', ''),
    'missingProperty': Term('missingProperty', 'link', 'missing property', 'What is not given.', '', (), (), 'StatedAbsence', 'skos:Concept'),
    'missingKind': Term('missingKind', 'link', 'missing kind', 'How it is missing: blank, no such column, lost, folded, deferred.', '', (), (), 'StatedAbsence', 'skos:Concept'),
    'appliesToClass': Term('appliesToClass', 'link', 'applies to class', 'The class of elements of the instrument for which it holds.', '', (), (), 'StatedAbsence', ''),
    'foldedInto': Term('foldedInto', 'link', 'folded into', 'The element in whose row this one is dealt with.', '', (), (), 'StatedAbsence', 'Element'),
    'SourceDefect': Term('SourceDefect', 'class', 'source defect', 'Damage or contradiction in a text that touches its reading.', '', ('prov:Entity',), (), '', ''),
    'defectIn': Term('defectIn', 'link', 'defect in', 'The text that is damaged.', '', (), (), 'SourceDefect', 'SourceText'),
    'affects': Term('affects', 'link', 'affects', 'What the defect makes less sure.', '', (), (), 'SourceDefect', ''),
    'defectKind': Term('defectKind', 'link', 'defect kind', 'What kind of defect it is.', '', (), (), 'SourceDefect', 'skos:Concept'),
    'repair': Term('repair', 'value', 'repair', 'The text as it was put right.', '', (), (), 'SourceDefect', 'xsd:string'),
    'Claim': Term('Claim', 'class', 'claim', 'One link between two things, as held by someone on some basis.', '', ('prov:Entity',), (), '', ''),
    'subject': Term('subject', 'link', 'subject', 'The thing that the link starts from.', '', (), (), 'Claim', ''),
    'predicate': Term('predicate', 'link', 'predicate', 'The kind of link.', '', (), (), 'Claim', ''),
    'object': Term('object', 'link', 'object', 'The thing that the link leads to.', '', (), (), 'Claim', ''),
    'basis': Term('basis', 'link', 'basis', 'How we know: stated, inherited, interpreted, inferred or suggested.', '', (), (), '', 'skos:Concept'),
    'decision': Term('decision', 'link', 'decision', 'Whether a reviewer accepted, rejected or left open the claim.', '', (), (), 'Claim', 'skos:Concept'),
    'evidence': Term('evidence', 'link', 'evidence', 'A passage whose words set this out or support it.', '', (), (), '', 'Passage'),
    'premise': Term('premise', 'link', 'premise', 'A claim that this inferred claim rests on.', '', (), (), 'Claim', 'Claim'),
    'byRule': Term('byRule', 'link', 'by rule', 'The rule that produced this inferred claim.', '', (), (), 'Claim', ''),
    'rationale': Term('rationale', 'value', 'rationale', 'Why a reader reads the passage so.', '', (), (), 'Claim', 'xsd:string'),
    'confidence': Term('confidence', 'value', 'confidence', 'How sure a reader is of a judgement or repair, from 0 to 1.', 'Shown, never multiplied along a path.', (), (), '', 'xsd:decimal'),
    'score': Term('score', 'value', 'score', "A model's own score for a suggested claim, from 0 to 1.", '', (), (), 'Claim', 'xsd:decimal'),
    'model': Term('model', 'value', 'model', 'Name and version of the model that suggested the claim.', '', (), (), 'Claim', 'xsd:string'),
    'Passage': Term('Passage', 'class', 'passage', 'A stretch of a source text.', '', ('oa:SpecificResource',), (), '', ''),
    'firstLine': Term('firstLine', 'value', 'first line', 'The line on which the words begin, counted from 1.', '', (), (), '', 'xsd:integer'),
    'lastLine': Term('lastLine', 'value', 'last line', 'The line on which the words end, counted from 1.', '', (), (), '', 'xsd:integer'),
}

CODES: Final[tuple[Code, ...]] = (
    Code('basis', 'stated', 'stated', 'The row or sentence says it.'),
    Code('basis', 'inherited', 'inherited', 'An empty cell of a visibly merged column, or a heading above, says it.'),
    Code('basis', 'inferred', 'inferred', 'A published rule yields it from other accepted claims.'),
    Code('basis', 'interpreted', 'interpreted', 'A named reader judges so, and gives a reason and a confidence.'),
    Code('basis', 'suggested', 'suggested', 'A model proposes it; it never counts until a reader takes it up.'),
    Code('decision', 'accepted', 'accepted', 'The claim counts.'),
    Code('decision', 'rejected', 'rejected', 'The claim does not count and is kept, so that it is not raised again.'),
    Code('decision', 'open', 'open', 'Nobody has decided yet; the claim does not count.'),
    Code('defect-kind', 'cut-word', 'cut word', 'A word is cut.'),
    Code('defect-kind', 'lost-line', 'lost line', 'A line or its end is lost.'),
    Code('defect-kind', 'lost-glyph', 'lost glyph', 'A sign was lost or replaced.'),
    Code('defect-kind', 'lost-colour', 'lost colour', 'A colour that carried meaning is lost.'),
    Code('defect-kind', 'misplaced-text', 'misplaced text', 'Words stand in the wrong place.'),
    Code('defect-kind', 'misspelling', 'misspelling', 'A word is misspelt.'),
    Code('defect-kind', 'contradiction', 'contradiction', 'The document contradicts itself.'),
    Code('defect-kind', 'merged-cell', 'merged cell', 'Cells run into one another.'),
    Code('defect-kind', 'noise', 'noise', 'Signs that mean nothing.'),
    Code('defect-kind', 'unpaired-columns', 'unpaired columns', 'Columns were laid in sequence without their pairing.'),
    Code('defect-kind', 'garbled-heading', 'garbled heading', 'A heading is damaged.'),
    Code('defect-kind', 'doubled-text', 'doubled text', 'Words stand twice.'),
    Code('defect-kind', 'placeholder', 'placeholder', 'A place-holder was left in.'),
    Code('defect-kind', 'unnamed-column', 'unnamed column', 'A column has no name.'),
    Code('defect-kind', 'mismatch', 'mismatch', 'Two places that should agree do not.'),
    Code('element-kind', 'vision', 'vision', 'The vision of a whole instrument.'),
    Code('element-kind', 'aim', 'aim', 'A stated aim.'),
    Code('element-kind', 'focus-area', 'focus area', 'An area on which an instrument concentrates for a time.'),
    Code('element-kind', 'priority', 'priority', 'A priority.'),
    Code('element-kind', 'theme', 'theme', 'A theme under which a document groups its rows.'),
    Code('element-kind', 'principle', 'principle', 'A cross-cutting principle.'),
    Code('element-kind', 'objective', 'objective', 'An objective.'),
    Code('element-kind', 'outcome', 'outcome', 'An outcome.'),
    Code('element-kind', 'outcome-set', 'outcome set', 'A named set of outcomes taken up as a whole.'),
    Code('element-kind', 'desired-state', 'desired state', 'A line of a desired model.'),
    Code('element-kind', 'workstream', 'workstream', 'A workstream.'),
    Code('element-kind', 'intention', 'intention', 'A commissioning intention.'),
    Code('element-kind', 'shift', 'shift', 'A strategic shift.'),
    Code('element-kind', 'action', 'action', 'An action.'),
    Code('element-kind', 'activity', 'activity', 'A step of an intention.'),
    Code('element-kind', 'driver', 'driver', 'A policy driver.'),
    Code('element-kind', 'message', 'message', 'A message or implication.'),
    Code('element-kind', 'issue', 'issue', 'An issue.'),
    Code('element-kind', 'initiative', 'initiative', 'A current initiative.'),
    Code('element-kind', 'resource-shift', 'resource shift', 'A shift of resources already made.'),
    Code('element-kind', 'baseline', 'baseline', 'A line of a current model.'),
    Code('element-kind', 'milestone', 'milestone', 'A milestone.'),
    Code('element-kind', 'measure', 'measure', 'A metric or check.'),
    Code('element-kind', 'progress-update', 'progress update', 'An update on progress.'),
    Code('funding-nature', 'new', 'new', 'New money.'),
    Code('funding-nature', 'existing-contract', 'existing contract', 'Money in an existing contract.'),
    Code('funding-nature', 'existing-spend', 'existing spend', 'Money already spent on this.'),
    Code('funding-nature', 'within-existing-budget', 'within existing budget', 'To be found within an existing budget.'),
    Code('funding-nature', 'none-identified', 'none identified', 'The source says that no money is identified; not the same as nought.'),
    Code('funding-nature', 'to-be-confirmed', 'to be confirmed', 'The source says that the amount is to be confirmed.'),
    Code('funding-nature', 'not-said', 'not said', 'The source gives an amount and not its nature.'),
    Code('instrument-type', 'strategy', 'strategy', 'A statement of direction over years.'),
    Code('instrument-type', 'plan', 'plan', 'A statement of what will be done, by whom and when.'),
    Code('instrument-type', 'consultation', 'consultation', 'A draft put out for comment.'),
    Code('instrument-type', 'statute', 'statute', 'An Act or Bill of a parliament.'),
    Code('instrument-type', 'guidance', 'guidance', 'Advice that others are meant to follow.'),
    Code('instrument-type', 'standard', 'standard', 'A stated level of quality.'),
    Code('instrument-type', 'report', 'report', 'A report, review or inquiry.'),
    Code('instrument-type', 'programme', 'programme', 'An organised body of work.'),
    Code('instrument-type', 'campaign', 'campaign', 'An effort to change minds or conduct.'),
    Code('instrument-type', 'payment-system', 'payment system', 'A rule by which services are paid.'),
    Code('instrument-type', 'funding-stream', 'funding stream', 'A named source of money.'),
    Code('instrument-type', 'framework', 'framework', 'A structure that others fill in.'),
    Code('instrument-type', 'assessment', 'assessment', 'An assessment of needs or performance.'),
    Code('instrument-type', 'agreement', 'agreement', 'A declaration that several bodies sign.'),
    Code('instrument-type', 'vision', 'vision', 'A picture of services as hoped for.'),
    Code('jurisdiction', 'england', 'england', 'England.'),
    Code('jurisdiction', 'wales', 'wales', 'Wales.'),
    Code('jurisdiction', 'scotland', 'scotland', 'Scotland.'),
    Code('jurisdiction', 'northern-ireland', 'northern ireland', 'Northern Ireland.'),
    Code('jurisdiction', 'england-and-wales', 'england and wales', 'England and Wales.'),
    Code('jurisdiction', 'great-britain', 'great britain', 'England, Scotland and Wales.'),
    Code('jurisdiction', 'united-kingdom', 'united kingdom', 'England, Scotland, Wales and Northern Ireland.'),
    Code('level', 'national', 'national', 'Of a government or of a body that acts for a whole nation.'),
    Code('level', 'regional', 'regional', 'Of a body between nation and locality.'),
    Code('level', 'local', 'local', 'Of a locality or a body in it.'),
    Code('missing-kind', 'blank', 'blank', 'The cell or label is there and empty.'),
    Code('missing-kind', 'no-such-column', 'no such column', 'The document has no place for it.'),
    Code('missing-kind', 'lost', 'lost', 'It was lost when the text was extracted; it is unknown, never no.'),
    Code('missing-kind', 'folded', 'folded', 'The row is dealt with in another row.'),
    Code('missing-kind', 'deferred', 'deferred', 'The document leaves it to another document.'),
    Code('missing-kind', 'declared-local', 'declared local', 'The document declares the thing local on purpose.'),
    Code('missing-kind', 'not-stated', 'not stated', 'The document does not say.'),
    Code('missing-property', 'ledBy', 'ledBy', 'A lead.'),
    Code('missing-property', 'governedBy', 'governedBy', 'Who governs.'),
    Code('missing-property', 'reportsTo', 'reportsTo', 'To whom it reports.'),
    Code('missing-property', 'hasPeriod', 'hasPeriod', 'A time.'),
    Code('missing-property', 'hasAllocation', 'hasAllocation', 'Money.'),
    Code('missing-property', 'measuredBy', 'measuredBy', 'A measure.'),
    Code('missing-property', 'rating', 'rating', 'A rating.'),
    Code('missing-property', 'serves', 'serves', 'An objective that it serves.'),
    Code('missing-property', 'supportsInstrument', 'supportsInstrument', 'An instrument that it carries out.'),
    Code('missing-property', 'markedYear', 'markedYear', 'A mark in a year column.'),
    Code('missing-property', 'contributesTo', 'contributesTo', 'An outcome that it contributes to.'),
    Code('missing-property', 'partOf', 'partOf', 'What it is part of.'),
    Code('period-role', 'start', 'start', 'When it starts.'),
    Code('period-role', 'complete', 'complete', 'When it is to be complete.'),
    Code('period-role', 'timescale', 'timescale', 'The time given for it without more.'),
    Code('period-role', 'review', 'review', 'When it is reviewed or audited.'),
    Code('period-role', 'event', 'event', 'When an event takes place.'),
    Code('period-role', 'as-at', 'as at', 'The time that a report describes.'),
    Code('period-role', 'covers', 'covers', 'The time that an instrument covers.'),
    Code('period-role', 'marked-year', 'marked year', 'A year column in which it is marked.'),
    Code('period-role', 'issued', 'issued', 'When it was issued.'),
    Code('precision', 'day', 'day', 'A day.'),
    Code('precision', 'month', 'month', 'A month.'),
    Code('precision', 'season', 'season', 'A season.'),
    Code('precision', 'quarter', 'quarter', 'A quarter of a year.'),
    Code('precision', 'year', 'year', 'A calendar year.'),
    Code('precision', 'financial-year', 'financial year', 'April to March.'),
    Code('precision', 'open', 'open', 'Open at one end or both.'),
    Code('severity', 'error', 'error', 'The graph cannot be relied on here.'),
    Code('severity', 'warning', 'warning', 'Somebody should look.'),
    Code('severity', 'info', 'info', 'Worth knowing.'),
    Code('telford-rating', 'on-target', 'on target', 'On target against milestones.'),
    Code('telford-rating', 'started-but-behind', 'started but behind', 'Started but behind anticipated schedule.'),
    Code('telford-rating', 'under-developed', 'under developed', 'Under developed.'),
    Code('undated-reason', 'deferred', 'deferred', 'Another document or body is to set it.'),
    Code('undated-reason', 'recurring', 'recurring', 'It happens again and again.'),
    Code('undated-reason', 'contingent', 'contingent', 'It waits for something else.'),
    Code('undated-reason', 'ongoing', 'ongoing', 'It goes on throughout.'),
    Code('undated-reason', 'to-be-confirmed', 'to be confirmed', 'The source says that it is to be confirmed.'),
)
