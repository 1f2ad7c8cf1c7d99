"""The report of a year that European tax offices ask of platforms (DAC7), as XML of the OECD's schema DPI 1.0: personal
services. Who the sellers are says a file of whoever knows them; what they were paid, the statements.

A declaration is corrected by another, which names what it corrects: the declarations of before are all that it needs.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated
from xml.etree import ElementTree as Xml

import msgspec
from msgspec import Meta

from plaudit.earnings.reporting import Quarters

_DPI, _STF = "urn:oecd:ties:dpi", "urn:oecd:ties:dpistf"
Xml.register_namespace("dpi", _DPI)
Xml.register_namespace("stf", _STF)

_Text = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
_Code = Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)")]
_NO_TIN = "NOTIN"
_NEW, _CORRECTION, _NOTHING = "DPI401", "DPI402", "DPI403"
_SENT_AGAIN, _FIRST, _CORRECTED, _DELETED = "OECD0", "OECD1", "OECD2", "OECD3"


class _Known(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    country: _Code
    """Of residence."""
    address: _Text
    tin: _Text | None = None
    """None: there is none."""
    tin_country: _Code | None = None
    """Who gave it; without it, the country of residence."""
    vat: _Text | None = None
    account: _Text | None = None
    account_holder: _Text | None = None


class Individual(_Known, frozen=True, kw_only=True, tag="individual", forbid_unknown_fields=True):
    """A creator who is a natural person."""

    creator_id: int
    first_name: _Text
    last_name: _Text
    born_on: date


class Entity(_Known, frozen=True, kw_only=True, tag="entity", forbid_unknown_fields=True):
    """A creator that is a company."""

    creator_id: int
    name: _Text


Seller = Individual | Entity


class Operator(_Known, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who runs the platform, and reports."""

    name: _Text
    business_name: _Text
    nexus: Annotated[str, Meta(pattern=r"^RPONEX[1-5]$(?!\n)")] = "RPONEX1"


class Declared(msgspec.Struct, frozen=True):
    """What tax offices know of a seller, or of the operator: the reference, and what it says."""

    reference: str
    said: bytes
    element: Xml.Element


class NotADeclaration(ValueError):
    """A file is no declaration of ours."""


class Declaration(msgspec.Struct, frozen=True):
    """A declaration that is ready to be sent. `is_empty`: it says nothing that was not said before."""

    xml: bytes
    sellers: int
    is_empty: bool


def declare(
    operator: Operator,
    sellers: Iterable[Seller],
    figures: Mapping[int, Quarters],
    year: int,
    currency: str,
    now: datetime,
) -> Declaration:
    """The first declaration of a year: all sellers who received or were paid something."""
    message = _message(operator, year, now)
    reported = [
        _with_reference(content, _FIRST, f"{message}-{seller.creator_id}")
        for seller in sorted(sellers, key=lambda one: one.creator_id)
        if (content := _seller(seller, figures.get(seller.creator_id), currency)) is not None
    ]
    body = [_operator(operator, _FIRST, f"{message}-operator"), *reported]
    return _declaration(operator, message, _NEW if reported else _NOTHING, year, now, body)


def add(
    operator: Operator,
    sellers: Iterable[Seller],
    figures: Mapping[int, Quarters],
    year: int,
    currency: str,
    now: datetime,
    before: Sequence[bytes],
) -> Declaration:
    """A declaration of the sellers whom those of before do not have.

    Raises:
        NotADeclaration: one of those of before is none.
    """
    known = _state(before)
    rest = [one for one in sellers if str(one.creator_id) not in known]
    return declare(operator, rest, figures, year, currency, now)


def correct(
    operator: Operator,
    sellers: Iterable[Seller],
    figures: Mapping[int, Quarters],
    year: int,
    currency: str,
    now: datetime,
    before: Sequence[bytes],
) -> Declaration:
    """A declaration that corrects what those of before say otherwise, and deletes sellers who had nothing.

    Raises:
        NotADeclaration: one of those of before is none.
    """
    known, message = _state(before), _message(operator, year, now)
    contents = {str(one.creator_id): _seller(one, figures.get(one.creator_id), currency) for one in sellers}
    body = [_operator(operator, _SENT_AGAIN, known["operator"].reference)]
    for name, declared in sorted(known.items()):
        if name == "operator":
            continue
        content, reference = contents.get(name), f"{message}-{name}"
        if content is None:
            body.append(_with_reference(declared.element, _DELETED, reference, declared.reference))
        elif _said(content) != declared.said:
            body.append(_with_reference(content, _CORRECTED, reference, declared.reference))
    return _declaration(operator, message, _CORRECTION, year, now, body)


def _state(before: Sequence[bytes]) -> dict[str, Declared]:
    """What declarations say together, in their order: of the operator and of each seller the last word."""
    known: dict[str, Declared] = {}
    for text in before:
        try:
            root = Xml.fromstring(text)  # noqa: S314 - a file of ours, which its operator keeps
        except Xml.ParseError as error:
            raise NotADeclaration(str(error)) from error
        if root.tag != f"{{{_DPI}}}DPI_OECD":
            raise NotADeclaration("it is of another kind")
        for element in root.find(f"{{{_DPI}}}DPIBody") or []:
            spec = element.find(f"{{{_DPI}}}DocSpec")
            reference = "" if spec is None else spec.findtext(f"{{{_STF}}}DocRefId", "")
            kind = "" if spec is None else spec.findtext(f"{{{_STF}}}DocTypeIndic", "")
            if spec is None or "-" not in reference:
                raise NotADeclaration("a part of it has no reference")
            element.remove(spec)
            name = reference.rpartition("-")[2]
            if kind == _DELETED:
                known.pop(name, None)
            else:
                known[name] = Declared(reference, _said(element), element)
    if "operator" not in known:
        raise NotADeclaration("it does not say who reports")
    return known


def _message(operator: Operator, year: int, now: datetime) -> str:
    number = "".join(one for one in operator.tin or "" if one.isalnum())
    return f"OP_{year}_{number}_{now:%Y%m%dT%H%M%S}"


def _declaration(
    operator: Operator, message: str, kind: str, year: int, now: datetime, body: Sequence[Xml.Element]
) -> Declaration:
    root = Xml.Element(f"{{{_DPI}}}DPI_OECD", {"version": "1.0"})
    spec = _child(root, "MessageSpec")
    for name, value in (
        ("TransmittingCountry", operator.country),
        ("ReceivingCountry", operator.country),
        ("MessageType", "DPI"),
        ("MessageRefId", message),
        ("MessageTypeIndic", kind),
        ("ReportingPeriod", f"{year}-12-31"),
        ("Timestamp", f"{now:%Y-%m-%dT%H:%M:%S}"),
    ):
        _child(spec, name, value)
    _child(root, "DPIBody").extend(body)
    Xml.indent(root)
    written: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return Declaration(written, len(body) - 1, kind == _CORRECTION and len(body) == 1)


def _operator(operator: Operator, kind: str, reference: str) -> Xml.Element:
    element = Xml.Element(f"{{{_DPI}}}PlatformOperator")
    _party(element, operator)
    _child(element, "Name", operator.name)
    _child(element, "PlatformBusinessName", operator.business_name)
    _address(element, operator)
    _child(element, "Nexus", operator.nexus)
    _child(element, "AssumedReporting", "false")
    return _with_reference(element, kind, reference)


def _seller(seller: Seller, figures: Quarters | None, currency: str) -> Xml.Element | None:
    """What is said of a seller; None: they received nothing and were paid nothing."""
    if figures is None or all(one.is_empty for one in figures):
        return None
    element = Xml.Element(f"{{{_DPI}}}ReportableSeller")
    is_entity = isinstance(seller, Entity)
    identity = _child(element, "Identity")
    standard = _child(_child(identity, "EntitySeller" if is_entity else "IndividualSeller"), "Standard")
    party = _child(standard, "EntSellerID" if is_entity else "IndSellerID")
    _party(party, seller)
    if isinstance(seller, Entity):
        _child(party, "Name", seller.name)
    else:
        name = _child(party, "Name")
        _child(name, "FirstName", seller.first_name)
        _child(name, "LastName", seller.last_name)
    _address(party, seller)
    if isinstance(seller, Individual):
        _child(_child(party, "BirthInfo"), "BirthDate", seller.born_on.isoformat())
    if seller.account:
        account = _child(standard, "FinancialIdentifier")
        _child(account, "Identifier", seller.account)
        if seller.account_holder:
            _child(account, "AccountHolderName", seller.account_holder)
    services = _child(_child(element, "RelevantActivities"), "PersonalServices")
    _money(services, "Consideration", "Cons", [one.consideration for one in figures], currency)
    counted = _child(services, "NumberOfActivities")
    for number, one in enumerate(figures, 1):
        _child(counted, f"NumbQ{number}", str(one.activities))
    _money(services, "Fees", "Fees", [one.fees for one in figures], currency)
    _money(services, "Taxes", "Taxes", [0 for _ in figures], currency)
    return element


def _party(parent: Xml.Element, known: _Known) -> None:
    _child(parent, "ResCountryCode", known.country)
    if known.tin is None:
        _child(parent, "TIN", _NO_TIN).set("unknown", "true")
    else:
        _child(parent, "TIN", known.tin).set("issuedBy", known.tin_country or known.country)
    if known.vat:
        _child(parent, "VAT", known.vat)


def _address(parent: Xml.Element, known: _Known) -> None:
    address = _child(parent, "Address")
    _child(address, "CountryCode", known.country)
    _child(address, "AddressFree", known.address)


def _money(parent: Xml.Element, name: str, short: str, amounts: Sequence[int], currency: str) -> None:
    element = _child(parent, name)
    for number, amount in enumerate(amounts, 1):
        _child(element, f"{short}Q{number}", str(amount)).set("currCode", currency)


def _with_reference(element: Xml.Element, kind: str, reference: str, corrected: str | None = None) -> Xml.Element:
    spec = _child(element, "DocSpec")
    for name, value in (("DocTypeIndic", kind), ("DocRefId", reference), ("CorrDocRefId", corrected)):
        if value is not None:
            Xml.SubElement(spec, f"{{{_STF}}}{name}").text = value
    return element


def _child(parent: Xml.Element, name: str, text: str | None = None) -> Xml.Element:
    element = Xml.SubElement(parent, f"{{{_DPI}}}{name}")
    element.text = text
    return element


def _said(element: Xml.Element) -> bytes:
    """What it says, however it is laid out."""
    return Xml.canonicalize(Xml.tostring(element), strip_text=True).encode()
