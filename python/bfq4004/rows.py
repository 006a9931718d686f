"""Commands, events and errors of the control channel: written by ./dev docs."""

# pylint: disable=all
from __future__ import annotations

from typing import Any, Literal, Mapping, NotRequired, Sequence, TypedDict, Union

from .errors import ControlError


TopicName = Literal[
    "state", "air", "exchange", "payload", "unsolicited", "wire", "data", "ports", "hint", "fault"
]


EventName = Literal[
    "ready", "off", "joined", "join_failed", "left", "addressed", "link_opened", "link_closed",
    "link_failed", "station_joined", "station_left", "air_changed", "typed", "printed", "answered",
    "unsolicited", "wire", "flow", "data", "asked", "told", "hint", "trace", "fault", "payload"
]


StateName = Literal[
    "off", "on", "idle", "passthrough", "associated", "not_associated", "addressed", "linked",
    "not_linked"
]


class ReadyEvent(TypedDict):
    """The module's program has started."""

    #: which event
    event: Literal["ready"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: power_on, command (AT+RST), external (the reset line), watchdog or timer (the end of a sleep)
    reason: str


class OffEvent(TypedDict):
    """The module's program does not run any more: its power or a reset ended it, it restarts, or it
    sleeps deeply.
    """

    #: which event
    event: Literal["off"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str


class JoinedEvent(TypedDict):
    """The station has associated with an access point."""

    #: which event
    event: Literal["joined"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: the network's name
    ssid: str


class JoinFailedEvent(TypedDict):
    """An attempt to associate has failed."""

    #: which event
    event: Literal["join_failed"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: timed_out, wrong_password, no_such_network or refused
    reason: str


class LeftEvent(TypedDict):
    """The station is associated no more, whoever has ended that."""

    #: which event
    event: Literal["left"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str


class AddressedEvent(TypedDict):
    """The station has an address, or another one."""

    #: which event
    event: Literal["addressed"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: the IPv4 address
    address: str


class LinkOpenedEvent(TypedDict):
    """A link is open."""

    #: which event
    event: Literal["link_opened"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: its number
    link: int
    #: tcp, udp or tls
    transport: str
    #: address and port
    peer: str
    #: the module's port for it
    local_port: int
    #: true for a client of the module's server
    accepted: bool


class LinkClosedEvent(TypedDict):
    """A link is open no more, whoever has ended it."""

    #: which event
    event: Literal["link_closed"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: its number
    link: int
    #: bytes that came from the network, as of the last turn
    bytes_in: int
    #: bytes that went to the network, as of the last turn
    bytes_out: int


class LinkFailedEvent(TypedDict):
    """An attempt to open a link has failed."""

    #: which event
    event: Literal["link_failed"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: its number
    link: int
    #: what the network said
    reason: str


class StationJoinedEvent(TypedDict):
    """A station has joined the module's softAP."""

    #: which event
    event: Literal["station_joined"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: the station's address
    mac: str


class StationLeftEvent(TypedDict):
    """A station has left the module's softAP."""

    #: which event
    event: Literal["station_left"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: the station's address
    mac: str


class AirChangedEvent(TypedDict):
    """The air changes: by a command, by an [[event]] of the world, or by SIGHUP."""

    #: which event
    event: Literal["air_changed"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: a line for people, as in the log
    what: str


class TypedEvent(TypedDict):
    """The module has taken a line from a host."""

    #: which event
    event: Literal["typed"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: its first 512 bytes, without CR LF; what is not printable as \xNN, passwords masked
    line: str


class PrintedEvent(TypedDict):
    """The module has printed a line that is not empty, or the prompt >. Received data is left out
    behind its header.
    """

    #: which event
    event: Literal["printed"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: its first 512 bytes, without CR LF; what is not printable as \xNN, passwords masked
    line: str


class AnsweredEvent(TypedDict):
    """A command has been answered. One with a prompt is answered twice: up to the prompt, and
    behind its payload.
    """

    #: which event
    event: Literal["answered"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: the line as it was typed, passwords masked
    command: str
    #: what was printed in front of the result, without the echo; at most 32 lines
    lines: list[str]
    #: the last line of the answer, such as OK
    result: str
    #: microseconds from the command's line end, or the prompt, to the end of the result
    duration: int


class UnsolicitedEvent(TypedDict):
    """The module has printed a line that answers no command."""

    #: which event
    event: Literal["unsolicited"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: as that of `printed`
    line: str


class WireEvent(TypedDict):
    """Bytes have passed the wire. They are told of once their line has ended, with the time at
    which each piece passed. While nobody is subscribed to this topic, there is no such event.
    """

    #: which event
    event: Literal["wire"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: to_module or to_host
    direction: str
    #: how the UART is set, such as 115200 8N1
    format: str
    #: in hexadecimal; a password is as many asterisks, what TLS protects is zeros
    bytes: str


class FlowEvent(TypedDict):
    """One side of the wire cannot take bytes, or can again: the module (rts), or its hosts (cts, at
    the speed fast). While nobody is subscribed to this topic, there is no such event.
    """

    #: which event
    event: Literal["flow"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: rts or cts
    line: str
    #: true where it takes bytes
    ready: bool


class DataEvent(TypedDict):
    """Bytes of a link have moved: a piece of a stream, or one datagram. While nobody is subscribed
    to this topic, there is no such event.
    """

    #: which event
    event: Literal["data"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: its number
    link: int
    #: tcp, udp or tls
    transport: str
    #: in: from the network to the module; out: from the module to the network
    direction: str
    #: the module's address and port
    local: str
    #: the peer's
    peer: str
    #: in hexadecimal; what TLS protects is as many zeros
    bytes: str


class AskedEvent(TypedDict):
    """The module asks something of its radio, network, flash, UART, power or pins. While nobody is
    subscribed to this topic, there is no such event.
    """

    #: which event
    event: Literal["asked"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: what, such as net::Resolve: see src/ports
    message: str
    #: what the message says, passwords masked
    members: dict[str, Any]


class ToldEvent(TypedDict):
    """The module is told something by its radio, network, flash, UART, power or pins. While nobody
    is subscribed to this topic, there is no such event.
    """

    #: which event
    event: Literal["told"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: what, such as net::Resolved: see src/ports
    message: str
    #: what the message says, passwords masked
    members: dict[str, Any]


class HintEvent(TypedDict):
    """A host does what fails on hardware, or wears it out, though it may go well here."""

    #: which event
    event: Literal["hint"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: which, see Driver hints
    hint: str
    #: where it was seen: what was typed, passwords masked
    detail: str


class TraceEvent(TypedDict):
    """A file of run --trace begins. It is its first line."""

    #: which event
    event: Literal["trace"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: of the program
    version: str
    #: from 1 on: how often the file was begun
    part: int
    #: microseconds from 1970 to the program's start, from which `time` counts; 0: unknown
    epoch: int
    #: the modules of the program
    modules: list[str]
    #: those whose bytes move at the rate of the UART
    paced: list[str]


class FaultEvent(TypedDict):
    """A fault has come. Of one that comes more often there are at most 20 events a second."""

    #: which event
    event: Literal["fault"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: which one
    fault: str
    #: the number under which it was armed
    id: int
    #: how often it has come by now
    fired: int


class PayloadEvent(TypedDict):
    """Bytes of a link have moved. While nobody is subscribed to this topic or waits for it, there
    is no such event.
    """

    #: which event
    event: Literal["payload"]
    #: microseconds since the program started
    time: int
    #: which only grows
    number: int
    #: whose event it is
    module: str
    #: its number
    link: int
    #: in: from the network to the module; out: from the module to the network
    direction: str
    #: how many bytes
    bytes: int
    #: in how many pieces they were handed over
    pieces: int
    #: the first 64 of them, what is not printable as \xNN
    head: str


class LostEvent(TypedDict):
    """Stands for events that the client has not read in time."""

    #: which event
    event: Literal["lost"]
    #: the last event
    number: int
    #: how many events are lost
    count: int
    #: is missing
    time: NotRequired[int]


class CapabilitiesReturnCommands(TypedDict):
    """One of `commands`."""

    #: its name
    name: str
    #: what a module must have for it
    needs: str


class CapabilitiesReturnModules(TypedDict):
    """One of `modules`."""

    #: its name
    name: str
    #: which firmware it behaves like
    personality: str
    #: what it has of what commands need
    has: list[str]


class CapabilitiesReturnFaults(TypedDict):
    """One of `faults`."""

    #: its name
    name: str
    #: what a module must have for it
    needs: str


class CapabilitiesReturnHints(TypedDict):
    """One of `hints`."""

    #: its name
    name: str
    #: what is looked for
    looked_for: str
    #: why it fails on hardware
    why: str


class CapabilitiesReturn(TypedDict):
    """What `capabilities` returns."""

    #: of the program
    version: str
    #: all commands
    commands: list[CapabilitiesReturnCommands]
    #: all events
    events: list[str]
    #: all topics
    topics: list[str]
    #: all modules
    modules: list[CapabilitiesReturnModules]
    #: all faults
    faults: list[CapabilitiesReturnFaults]
    #: all driver hints
    hints: list[CapabilitiesReturnHints]


class ProgramReturn(TypedDict):
    """What `program` returns."""

    #: of the program
    version: str
    #: microseconds since its start
    uptime: int
    #: bytes of its heap that are in use
    memory: int
    #: events behind this number are kept: what `wait` may look back to
    events_kept_since: int


class HttpReturn(TypedDict):
    """What `http` returns."""

    #: where clients connect; none without --control http
    urls: list[str]
    #: what lets them in, by Authorization: Bearer; empty without --control http
    token: str


class StatusReturnModulesMode(TypedDict):
    """One of `mode`."""

    #: off, station, access_point or both (AT+CWMODE)
    wifi: str
    #: whether it may have several links (AT+CIPMUX)
    multiple_links: bool
    #: whether the next AT+CIPSEND begins transparent transmission (AT+CIPMODE)
    transparent: bool


class StatusReturnModulesRadio(TypedDict):
    """One of `radio`."""

    #: the access point's address
    bssid: str
    #: its channel
    channel: int
    #: its signal in dBm
    rssi: int
    #: of the lease
    gateway: NotRequired[str]
    #: of the lease
    netmask: NotRequired[str]


class StatusReturnModulesStations(TypedDict):
    """One of `stations`."""

    #: the station's address
    mac: str
    #: what it was given by DHCP; missing before that
    address: NotRequired[str]


class StatusReturnModulesLinks(TypedDict):
    """One of `links`."""

    #: its number
    link: int
    #: tcp, udp or tls
    transport: str
    #: address and port
    peer: str
    #: the module's port for it
    local_port: int
    #: true for a client of the module's server
    accepted: bool
    #: bytes that came from the network
    bytes_in: int
    #: bytes that went to the network
    bytes_out: int
    #: bytes that wait for AT+CIPRECVDATA
    unread: int
    #: microseconds since bytes moved, or it opened
    idle: int


class StatusReturnModulesServer(TypedDict):
    """One of `server`."""

    #: where it listens
    port: int
    #: seconds of silence after which a client's link is closed (AT+CIPSTO); 0: never
    idle_limit: int


class StatusReturnModulesFlash(TypedDict):
    """One of `flash`."""

    #: what is stored
    key: str
    #: how often it was written since the flash was new
    writes: int
    #: its parts; passwords are masked
    value: dict[str, Any]


class StatusReturnModulesDoors(TypedDict):
    """One of `doors`."""

    #: where it is
    place: str
    #: its URL for pySerial, where it has one
    url: str


class StatusReturnModulesHosts(TypedDict):
    """One of `hosts`."""

    #: what the log calls it
    name: str
    #: how its own UART is set; the module's where that cannot be known
    uart: str
    #: whether that is not how the module's UART is set
    differs: bool
    #: false while it loses what is printed
    reads: bool


class StatusReturnModules(TypedDict):
    """One of `modules`."""

    #: its name
    module: str
    #: which firmware it behaves like
    personality: str
    #: the first line of AT+GMR
    version: str
    #: its address as a station
    mac: str
    #: false once power.off took it away
    power: bool
    #: off, idle, processing, collecting (a payload), sending, passthrough, restarting or asleep
    activity: str
    #: what it is set to be
    mode: StatusReturnModulesMode
    #: whether its station is associated
    associated: bool
    #: the network that it is or was joined to
    ssid: NotRequired[str]
    #: of its station
    address: NotRequired[str]
    #: what its station is associated with; missing while it is not
    radio: NotRequired[StatusReturnModulesRadio]
    #: those of its own access point, and their leases
    stations: list[StatusReturnModulesStations]
    #: where it stands in the simulated air, in metres; missing where that is nowhere in particular
    position: NotRequired[list[float]]
    #: how its UART is set
    uart: str
    #: fast: bytes move as they come; baud: at the rate of the UART
    speed: str
    #: the links that are open
    links: list[StatusReturnModulesLinks]
    #: the server; missing while none runs
    server: NotRequired[StatusReturnModulesServer]
    #: what was ever stored
    flash: list[StatusReturnModulesFlash]
    #: where hosts attach
    doors: list[StatusReturnModulesDoors]
    #: those that are attached
    hosts: list[StatusReturnModulesHosts]
    #: what AT+SYSRAM answers
    free_bytes: int
    #: bytes that the hosts have not read
    waiting_for_host: int


class StatusReturn(TypedDict):
    """What `status` returns."""

    #: those that were asked for
    modules: list[StatusReturnModules]


class JournalSaveReturn(TypedDict):
    """What `journal.save` returns."""

    #: whose it is
    module: str
    #: how long it is
    bytes: int
    #: the journal, in base64; bfq4004 ctl writes it to a new file: file=PATH
    content: str


class SendReturn(TypedDict):
    """What `send` returns."""

    #: how many bytes are typed; the module takes them as it would take them from a host
    bytes: int


class ApAddDhcp(TypedDict, total=False):
    """Keys of `dhcp`."""

    #: false: nobody answers who asks for an address; "refuses": everybody is refused one: true,
    #: false or "refuses"
    on: Any
    #: how long it takes to get an address; the same as delays.address: a time from "0s" to "1h", in
    #: ms, s, min or h
    delay: str
    #: how long a station that has left finds its address again: a time from "1s" to "8760h", in ms,
    #: s, min or h
    lease: str
    #: the first and the last address that it gives: two addresses, such as ["10.44.7.100",
    #: "10.44.7.199"], the lower one first
    pool: Sequence[Any]


class ApAddDelays(TypedDict, total=False):
    """Keys of `delays`."""

    #: how long after its begin a scan sees it; one that ends earlier misses it: a time from "0s" to
    #: "1h", in ms, s, min or h
    scan: str
    #: how long it takes to associate: a time from "0s" to "1h", in ms, s, min or h
    join: str
    #: how long it takes to get an address: a time from "0s" to "1h", in ms, s, min or h
    address: str


class ApAddReturn(TypedDict):
    """What `ap.add` returns."""

    #: the access point's address
    bssid: str


class ApChangeDhcp(TypedDict, total=False):
    """Keys of `dhcp`."""

    #: false: nobody answers who asks for an address; "refuses": everybody is refused one: true,
    #: false or "refuses"
    on: Any
    #: how long it takes to get an address; the same as delays.address: a time from "0s" to "1h", in
    #: ms, s, min or h
    delay: str
    #: how long a station that has left finds its address again: a time from "1s" to "8760h", in ms,
    #: s, min or h
    lease: str
    #: the first and the last address that it gives: two addresses, such as ["10.44.7.100",
    #: "10.44.7.199"], the lower one first
    pool: Sequence[Any]


class ApChangeDelays(TypedDict, total=False):
    """Keys of `delays`."""

    #: how long after its begin a scan sees it; one that ends earlier misses it: a time from "0s" to
    #: "1h", in ms, s, min or h
    scan: str
    #: how long it takes to associate: a time from "0s" to "1h", in ms, s, min or h
    join: str
    #: how long it takes to get an address: a time from "0s" to "1h", in ms, s, min or h
    address: str


class ApChangeReturn(TypedDict):
    """What `ap.change` returns."""

    #: the access point's address
    bssid: str


class ApRemoveReturn(TypedDict):
    """What `ap.remove` returns."""

    #: the access point's address
    bssid: str


class StationJoinReturn(TypedDict):
    """What `station.join` returns."""

    #: the station's address
    mac: str


class WorldShowReturn(TypedDict):
    """What `world.show` returns."""

    #: each access point by the keys of [[ap]]; a password is {"kept":true}, which world.apply takes
    #: for the present one
    ap: list[dict[str, Any]]
    #: each simulated station by the keys of [[station]]
    station: list[dict[str, Any]]
    #: by the keys of [delays]
    delays: dict[str, Any]


class WorldApplyReturn(TypedDict):
    """What `world.apply` returns."""

    #: how many things have come, gone or changed; each is an event
    changes: int


class WaitReturn(TypedDict):
    """What `wait` returns."""

    #: the event, as subscribers get it
    event: NotRequired[dict[str, Any]]
    #: the state that was waited for
    state: NotRequired[str]


class SubscribeReturn(TypedDict):
    """What `subscribe` returns."""

    #: all topics that this client is subscribed to now
    topics: list[str]
    #: whether it is told a summary of what is much
    summary: bool


class UnsubscribeReturn(TypedDict):
    """What `unsubscribe` returns."""

    #: all topics that this client is subscribed to now
    topics: list[str]
    #: whether it is told a summary of what is much
    summary: bool


class FaultArmReturn(TypedDict):
    """What `fault.arm` returns."""

    #: its number, for fault.fire and fault.disarm
    id: int


class FaultListReturnFaults(TypedDict):
    """One of `faults`."""

    #: its number
    id: int
    #: which one
    fault: str
    #: at which module
    module: str
    #: its other arguments, as fault.arm takes them, but for those that are as if left out;
    #: passwords masked
    given: dict[str, Any]
    #: true while it may come still
    armed: bool
    #: how often it has come
    fired: int
    #: when it came the last time, in microseconds since the start
    last: NotRequired[int]


class FaultListReturnKinds(TypedDict):
    """One of `kinds`."""

    #: its name
    name: str
    #: what it does
    summary: str
    #: what it reproduces, and who has met that
    reproduces: str
    #: what the host then sees
    host_sees: str
    #: its own arguments, with spaces between them
    own: str


class FaultListReturn(TypedDict):
    """What `fault.list` returns."""

    #: those that are armed, and the last ones that are over
    faults: list[FaultListReturnFaults]
    #: what can be armed
    kinds: list[FaultListReturnKinds]


class TraceStopReturn(TypedDict):
    """What `trace.stop` returns."""

    #: its file; missing where it was in memory
    path: NotRequired[str]


class TraceExportReturn(TypedDict):
    """What `trace.export` returns."""

    #: in which it is
    format: str
    #: how long it is
    bytes: int
    #: the trace, in base64; bfq4004 ctl writes it to a new file: file=PATH
    content: str


Event = Union[
    ReadyEvent, OffEvent, JoinedEvent, JoinFailedEvent, LeftEvent, AddressedEvent, LinkOpenedEvent,
    LinkClosedEvent, LinkFailedEvent, StationJoinedEvent, StationLeftEvent, AirChangedEvent,
    TypedEvent, PrintedEvent, AnsweredEvent, UnsolicitedEvent, WireEvent, FlowEvent, DataEvent,
    AskedEvent, ToldEvent, HintEvent, TraceEvent, FaultEvent, PayloadEvent, LostEvent
]


class BadRequest(ControlError):
    """A line that is no JSON object, is too long, or has members other than id, command and
    arguments; over HTTP also a request that is no HTTP.
    """

    code = "bad_request"


class UnknownCommand(ControlError):
    """There is no such command."""

    code = "unknown_command"


class BadArguments(ControlError):
    """An argument that the command does not have, or a value that is not allowed."""

    code = "bad_arguments"


class NoSuchModule(ControlError):
    """There is no module of that name."""

    code = "no_such_module"


class NoSuchAccessPoint(ControlError):
    """There is no access point of that ssid or bssid."""

    code = "no_such_access_point"


class NoSuchStation(ControlError):
    """There is no simulated station of that address."""

    code = "no_such_station"


class NoSuchLink(ControlError):
    """The module has no open connection of that number; a UDP link is none."""

    code = "no_such_link"


class NoSuchFault(ControlError):
    """No fault of that number is armed."""

    code = "no_such_fault"


class TooManyFaults(ControlError):
    """As many faults are armed as there may be."""

    code = "too_many_faults"


class NotWithThisRadio(ControlError):
    """The module's radio or network is not of the kind that this needs."""

    code = "not_with_this_radio"


class NotWithThisDoor(ControlError):
    """The module's wire is not paced: its bytes move at once."""

    code = "not_with_this_door"


class IsTraced(ControlError):
    """A trace is written already."""

    code = "is_traced"


class NotTraced(ControlError):
    """No trace is written."""

    code = "not_traced"


class NoFile(ControlError):
    """The file exists already, or cannot be made."""

    code = "no_file"


class NoJournal(ControlError):
    """No journal of that module is kept in memory; see --black-box."""

    code = "no_journal"


class ModuleIsOff(ControlError):
    """The module has no power, or its program does not run."""

    code = "module_is_off"


class TimedOut(ControlError, TimeoutError):
    """What was waited for has not come."""

    code = "timed_out"


class EventsLost(ControlError):
    """Events since that number are not all kept any more."""

    code = "events_lost"


class TooManyWaits(ControlError):
    """This client waits for as much as it may."""

    code = "too_many_waits"


class OnlyAtSocket(ControlError):
    """The Unix socket alone has this command or argument; HTTP does not."""

    code = "only_at_socket"


class Unauthorized(ControlError):
    """HTTP: the request has no Authorization: Bearer with the token."""

    code = "unauthorized"


class ForbiddenOrigin(ControlError):
    """HTTP: the request comes from a page of another origin."""

    code = "forbidden_origin"


class WrongHost(ControlError):
    """HTTP: the request's Host is not where the program listens."""

    code = "wrong_host"


class NoSuchPage(ControlError):
    """HTTP: there is nothing at that path."""

    code = "no_such_page"


class WrongMethod(ControlError):
    """HTTP: the path has another method, which the header Allow names."""

    code = "wrong_method"


class TooLarge(ControlError):
    """HTTP: the request's header or body is too large."""

    code = "too_large"


class WrongMediaType(ControlError):
    """HTTP: the body of a request is application/json."""

    code = "wrong_media_type"


class TooManyClients(ControlError):
    """HTTP: as many clients as there may be are connected."""

    code = "too_many_clients"


#: The exception of each code.
ERRORS: dict[str, type[ControlError]] = {
    "bad_request": BadRequest,
    "unknown_command": UnknownCommand,
    "bad_arguments": BadArguments,
    "no_such_module": NoSuchModule,
    "no_such_access_point": NoSuchAccessPoint,
    "no_such_station": NoSuchStation,
    "no_such_link": NoSuchLink,
    "no_such_fault": NoSuchFault,
    "too_many_faults": TooManyFaults,
    "not_with_this_radio": NotWithThisRadio,
    "not_with_this_door": NotWithThisDoor,
    "is_traced": IsTraced,
    "not_traced": NotTraced,
    "no_file": NoFile,
    "no_journal": NoJournal,
    "module_is_off": ModuleIsOff,
    "timed_out": TimedOut,
    "events_lost": EventsLost,
    "too_many_waits": TooManyWaits,
    "only_at_socket": OnlyAtSocket,
    "unauthorized": Unauthorized,
    "forbidden_origin": ForbiddenOrigin,
    "wrong_host": WrongHost,
    "no_such_page": NoSuchPage,
    "wrong_method": WrongMethod,
    "too_large": TooLarge,
    "wrong_media_type": WrongMediaType,
    "too_many_clients": TooManyClients,
}


#: Commands that change nothing.
QUERIES = frozenset({
    "capabilities", "program", "http", "status", "journal.save", "world.show", "subscribe",
    "unsubscribe", "fault.list", "trace.export"
})


def duration(value: float | str | None) -> str | None:
    """A time as the program reads it. Numbers are seconds."""
    return value if value is None or isinstance(value, str) else f"{round(value * 1000)}ms"


class ControlCommands:
    """All commands, for code that blocks."""
    def ask(self, command: str, arguments: Mapping[str, Any]) -> Any:
        """Carries out a command; returns what it returns."""
        raise NotImplementedError

    def capabilities(self) -> CapabilitiesReturn:
        """Tells which commands, events and topics there are, and what each module has of what
        commands need."""
        answer: CapabilitiesReturn = self.ask("capabilities", {})
        return answer

    def program(self) -> ProgramReturn:
        """Tells how long the program runs and what memory it uses."""
        answer: ProgramReturn = self.ask("program", {})
        return answer

    def http(self) -> HttpReturn:
        """Tells where clients connect by HTTP, and the token that lets them in."""
        answer: HttpReturn = self.ask("http", {})
        return answer

    def quit(self) -> None:
        """Ends the program, as SIGTERM does, once this is answered."""
        self.ask("quit", {})

    def status(self, *, module: str | None = None) -> StatusReturn:
        """Tells what modules are doing, their links, what they have stored, and where hosts attach.

        :param module: which module; 1 to 32 letters, digits, '-', '_' or '.', with a letter or
            digit first, and no personality behind a '.' at the end [all of them]
        :raises: NoSuchModule
        """
        answer: StatusReturn = self.ask("status", {"module": module})
        return answer

    def power_on(self, *, module: str | None = None) -> None:
        """Gives a module its power back.

        :param module: which module; 1 to 32 letters, digits, '-', '_' or '.', with a letter or
            digit first, and no personality behind a '.' at the end [the first one]
        :raises: NoSuchModule
        """
        self.ask("power.on", {"module": module})

    def power_off(self, *, module: str | None = None) -> None:
        """Takes a module's power away, wherever it was.

        :param module: which module; 1 to 32 letters, digits, '-', '_' or '.', with a letter or
            digit first, and no personality behind a '.' at the end [the first one]
        :raises: NoSuchModule
        """
        self.ask("power.off", {"module": module})

    def reset(
            self, *, module: str | None = None,
            reason: Literal["external", "watchdog", "power_on"] | None = None
    ) -> None:
        """Restarts a module, as its reset line or its watchdog does.

        :param module: which module; 1 to 32 letters, digits, '-', '_' or '.', with a letter or
            digit first, and no personality behind a '.' at the end [the first one]
        :param reason: what has reset it, as the module is told; "external", "watchdog" or
            "power_on" ["external"]
        :raises: NoSuchModule, ModuleIsOff
        """
        self.ask("reset", {"module": module, "reason": reason})

    def link_close(self, *, module: str | None = None, link: int | None = None) -> None:
        """Ends a connection, as if its peer had closed it. Needs `real_sockets`.

        :param module: which module; 1 to 32 letters, digits, '-', '_' or '.', with a letter or
            digit first, and no personality behind a '.' at the end [the first one]
        :param link: the link's number; a whole number from 0 to 4 [0]
        :raises: NoSuchModule, NoSuchLink
        """
        self.ask("link.close", {"module": module, "link": link})

    def link_reset(self, *, module: str | None = None, link: int | None = None) -> None:
        """Ends a connection, as if its peer had lost it; the peer gets a RST. Needs `real_sockets`.

        :param module: which module; 1 to 32 letters, digits, '-', '_' or '.', with a letter or
            digit first, and no personality behind a '.' at the end [the first one]
        :param link: the link's number; a whole number from 0 to 4 [0]
        :raises: NoSuchModule, NoSuchLink
        """
        self.ask("link.reset", {"module": module, "link": link})

    def link_stall(self, *, module: str | None = None, link: int | None = None) -> None:
        """Nothing moves on a connection in either direction any more, its end included. Needs
        `real_sockets`.

        :param module: which module; 1 to 32 letters, digits, '-', '_' or '.', with a letter or
            digit first, and no personality behind a '.' at the end [the first one]
        :param link: the link's number; a whole number from 0 to 4 [0]
        :raises: NoSuchModule, NoSuchLink
        """
        self.ask("link.stall", {"module": module, "link": link})

    def link_resume(self, *, module: str | None = None, link: int | None = None) -> None:
        """A connection that stalls goes on. Needs `real_sockets`.

        :param module: which module; 1 to 32 letters, digits, '-', '_' or '.', with a letter or
            digit first, and no personality behind a '.' at the end [the first one]
        :param link: the link's number; a whole number from 0 to 4 [0]
        :raises: NoSuchModule, NoSuchLink
        """
        self.ask("link.resume", {"module": module, "link": link})

    def journal_save(self, *, module: str | None = None) -> JournalSaveReturn:
        """Returns the last of what went into a module, for bfq4004 replay; it holds passwords and
        payload.

        :param module: which module; 1 to 32 letters, digits, '-', '_' or '.', with a letter or
            digit first, and no personality behind a '.' at the end [the first one]
        :raises: NoSuchModule, NoJournal
        """
        answer: JournalSaveReturn = self.ask("journal.save", {"module": module})
        return answer

    def send(
            self, *, module: str | None = None, line: str | None = None, text: str | None = None,
            bytes: str | None = None
    ) -> SendReturn:
        """Types into a module, as one more host that reads nothing.

        :param module: which module; 1 to 32 letters, digits, '-', '_' or '.', with a letter or
            digit first, and no personality behind a '.' at the end [the first one]
        :param line: a line, to which CR LF is added; a text of 0 to 65536 bytes [none]
        :param text: a text that is typed as it is; a text of 0 to 65536 bytes [none]
        :param bytes: bytes, in hexadecimal; an even number of hexadecimal digits, 131072 at most
            [none]
        :raises: NoSuchModule, BadArguments
        """
        answer: SendReturn = self.ask("send", {
            "module": module, "line": line, "text": text, "bytes": bytes})
        return answer

    def ap_add(
            self, ssid: str, *, password: str | None = None,
            security: Literal["open", "wep", "wpa", "wpa2", "wpa/wpa2", "wpa2-enterprise"] | None =
                None, channel: int | None = None, rssi: int | None = None,
            position: Sequence[Any] | None = None, bssid: str | None = None,
            off: bool | None = None, hidden: bool | None = None, silent: bool | None = None,
            wps: bool | None = None, country: str | None = None, max_stations: int | None = None,
            subnet: str | None = None, dhcp: ApAddDhcp | None = None,
            delays: ApAddDelays | None = None
    ) -> ApAddReturn:
        """Puts an access point into the air. Needs `simulated_air`.

        :param ssid: its name; a text of 1 to 32 bytes
        :param password: 8 to 63 bytes or 64 hexadecimal digits for wpa and wpa2; 5 or 13 bytes, or
            10 or 26 hexadecimal digits, for wep; none for open and wpa2-enterprise; a text of 0 to
            64 bytes [""]
        :param security: how it is protected; wpa2-enterprise refuses every join; "open", "wep",
            "wpa", "wpa2", "wpa/wpa2" or "wpa2-enterprise" ["wpa2"]
        :param channel: its channel; 12 to 14 only where the country has them; a whole number from 1
            to 14 [1]
        :param rssi: its signal in dBm, wherever one stands; below -95 it is not heard; a whole
            number from -120 to 0 [by the positions, or -50]
        :param position: where it stands; modules that stand somewhere hear it by their distance;
            two numbers, [x, y], in metres [nowhere in particular]
        :param bssid: its address; several access points may have one ssid, but not one bssid; an
            address such as "02:bf:44:00:00:01", whose first byte is even [02:bf:44:00:00:NN, by its
            number]
        :param off: true: it is switched off, so that nobody hears it; true or false [false]
        :param hidden: true: a scan shows its name only to those who ask for it; true or false
            [false]
        :param silent: true: it is seen, but never answers a join; true or false [false]
        :param wps: true: it has WPS, and a button for that, which an [[event]] presses; true or
            false [false]
        :param country: where it stands in the law: which channels it may have; two capital letters,
            such as "DE" [none]
        :param max_stations: how many may be joined at a time; a whole number from 0 to 255 [any
            number]
        :param subnet: the network behind it; its first address is the gateway, which is this
            machine; a network such as "10.44.7.0/24", with 8 to 30 bits [10.44.N.0/24, by its
            number]
        :param dhcp: see ApAddDhcp
        :param delays: see ApAddDelays
        :raises: BadArguments
        """
        answer: ApAddReturn = self.ask("ap.add", {
            "ssid": ssid, "password": password, "security": security, "channel": channel,
            "rssi": rssi, "position": position, "bssid": bssid, "off": off, "hidden": hidden,
            "silent": silent, "wps": wps, "country": country, "max_stations": max_stations,
            "subnet": subnet, "dhcp": dhcp, "delays": delays})
        return answer

    def ap_change(
            self, name: str, *, ssid: str | None = None, password: str | None = None,
            security: Literal["open", "wep", "wpa", "wpa2", "wpa/wpa2", "wpa2-enterprise"] | None =
                None, channel: int | None = None, rssi: int | None = None,
            position: Sequence[Any] | None = None, bssid: str | None = None,
            off: bool | None = None, hidden: bool | None = None, silent: bool | None = None,
            wps: bool | None = None, country: str | None = None, max_stations: int | None = None,
            subnet: str | None = None, dhcp: ApChangeDhcp | None = None,
            delays: ApChangeDelays | None = None
    ) -> ApChangeReturn:
        """Changes an access point of the air. Needs `simulated_air`.

        :param name: its ssid, the first one of that name, or its bssid; a text of 1 to 32 bytes
        :param ssid: its name; a text of 1 to 32 bytes [as it is]
        :param password: 8 to 63 bytes or 64 hexadecimal digits for wpa and wpa2; 5 or 13 bytes, or
            10 or 26 hexadecimal digits, for wep; none for open and wpa2-enterprise; a text of 0 to
            64 bytes [as it is]
        :param security: how it is protected; wpa2-enterprise refuses every join; "open", "wep",
            "wpa", "wpa2", "wpa/wpa2" or "wpa2-enterprise" [as it is]
        :param channel: its channel; 12 to 14 only where the country has them; a whole number from 1
            to 14 [as it is]
        :param rssi: its signal in dBm, wherever one stands; below -95 it is not heard; a whole
            number from -120 to 0 [as it is; none where position is given]
        :param position: where it stands; modules that stand somewhere hear it by their distance;
            two numbers, [x, y], in metres [as it is; none where rssi is given]
        :param bssid: its address; several access points may have one ssid, but not one bssid; an
            address such as "02:bf:44:00:00:01", whose first byte is even [as it is]
        :param off: true: it is switched off, so that nobody hears it; true or false [as it is]
        :param hidden: true: a scan shows its name only to those who ask for it; true or false [as
            it is]
        :param silent: true: it is seen, but never answers a join; true or false [as it is]
        :param wps: true: it has WPS, and a button for that, which an [[event]] presses; true or
            false [as it is]
        :param country: where it stands in the law: which channels it may have; two capital letters,
            such as "DE" [as it is]
        :param max_stations: how many may be joined at a time; a whole number from 0 to 255 [as it
            is]
        :param subnet: the network behind it; its first address is the gateway, which is this
            machine; a network such as "10.44.7.0/24", with 8 to 30 bits [as it is]
        :param dhcp: see ApChangeDhcp
        :param delays: see ApChangeDelays
        :raises: BadArguments, NoSuchAccessPoint
        """
        answer: ApChangeReturn = self.ask("ap.change", {
            "name": name, "ssid": ssid, "password": password, "security": security,
            "channel": channel, "rssi": rssi, "position": position, "bssid": bssid, "off": off,
            "hidden": hidden, "silent": silent, "wps": wps, "country": country,
            "max_stations": max_stations, "subnet": subnet, "dhcp": dhcp, "delays": delays})
        return answer

    def ap_remove(self, name: str) -> ApRemoveReturn:
        """Takes an access point out of the air. Needs `simulated_air`.

        :param name: its ssid, the first one of that name, or its bssid; a text of 1 to 32 bytes
        :raises: NoSuchAccessPoint
        """
        answer: ApRemoveReturn = self.ask("ap.remove", {"name": name})
        return answer

    def station_join(
            self, ssid: str, *, password: str | None = None, mac: str | None = None,
            after: float | str | None = None, position: Sequence[Any] | None = None
    ) -> StationJoinReturn:
        """Puts a simulated station into the air, which joins the softAP of a module. Needs
        `simulated_air`.

        :param ssid: the softAP of a module that it joins, as soon as there is one of that name; a
            text of 1 to 32 bytes
        :param password: what it thinks the password is; a text of 0 to 64 bytes [""]
        :param mac: its address; an address such as "02:bf:44:00:00:01", whose first byte is even
            [02:bf:57:00:00:NN, by its number]
        :param after: how long the softAP must have been there; a time from "0s" to "8760h", in ms,
            s, min or h, or seconds ["0s"]
        :param position: where it stands; it joins the nearest softAP of that name that it hears;
            two numbers, [x, y], in metres [nowhere in particular]
        :raises: BadArguments
        """
        answer: StationJoinReturn = self.ask("station.join", {
            "ssid": ssid, "password": password, "mac": mac, "after": duration(after),
            "position": position})
        return answer

    def station_leave(self, mac: str) -> None:
        """Takes a simulated station out of the air. Needs `simulated_air`.

        :param mac: its address, as station.join has returned it; an address such as
            "02:bf:44:00:00:01", whose first byte is even
        :raises: NoSuchStation
        """
        self.ask("station.leave", {"mac": mac})

    def world_show(self, *, secrets: bool | None = None) -> WorldShowReturn:
        """Tells what is in the air, as world.apply takes it. Needs `simulated_air`.

        :param secrets: true: passwords are shown, at the Unix socket alone; true or false [false]
        :raises: OnlyAtSocket
        """
        answer: WorldShowReturn = self.ask("world.show", {"secrets": secrets})
        return answer

    def world_apply(
            self, *, ap: Sequence[Any] | None = None, station: Sequence[Any] | None = None,
            delays: Mapping[str, Any] | None = None
    ) -> WorldApplyReturn:
        """Makes the air what this says, as a world file does. Needs `simulated_air`.

        :param ap: all of them; an array of objects with the keys of [[ap]] in docs/worlds.md [as it
            is]
        :param station: all of them; an array of objects with the keys of [[station]] in
            docs/worlds.md [as it is]
        :param delays: how long things take in the air; an object with the keys of [delays] in
            docs/worlds.md [as it is]
        :raises: BadArguments
        """
        answer: WorldApplyReturn = self.ask("world.apply", {
            "ap": ap, "station": station, "delays": delays})
        return answer

    def module_move(self, *, module: str | None = None, to: Sequence[Any] | None = None) -> None:
        """Puts a module somewhere else. Needs `simulated_air`.

        :param module: which module; 1 to 32 letters, digits, '-', '_' or '.', with a letter or
            digit first, and no personality behind a '.' at the end [the first one]
        :param to: where it stands from now on; two numbers, [x, y], in metres [nowhere in
            particular]
        :raises: NoSuchModule
        """
        self.ask("module.move", {"module": module, "to": to})

    def wait(
            self, *, module: str | None = None,
            state: Literal["off", "on", "idle", "passthrough", "associated", "not_associated",
                "addressed", "linked", "not_linked"] | None = None,
            event: Literal["ready", "off", "joined", "join_failed", "left", "addressed",
                "link_opened", "link_closed", "link_failed", "station_joined", "station_left",
                "air_changed", "typed", "printed", "answered", "unsolicited", "wire", "flow",
                "data", "asked", "told", "hint", "trace", "fault", "payload"] | None = None,
            match: str | None = None, typed: str | None = None, printed: str | None = None,
            since: int | None = None, timeout: float | str | None = None
    ) -> WaitReturn:
        """Waits for a state of a module, an event, or a line on its wire.

        :param module: which module; 1 to 32 letters, digits, '-', '_' or '.', with a letter or
            digit first, and no personality behind a '.' at the end [the first one]
        :param state: a state: answered at once where the module is in it; "off", "on", "idle",
            "passthrough", "associated", "not_associated", "addressed", "linked" or "not_linked"
            [none]
        :param event: an event; "ready", "off", "joined", "join_failed", "left", "addressed",
            "link_opened", "link_closed", "link_failed", "station_joined", "station_left",
            "air_changed", "typed", "printed", "answered", "unsolicited", "wire", "flow", "data",
            "asked", "told", "hint", "trace", "fault" or "payload" [none]
        :param match: a pattern that the event's JSON has: * is any text, ? any character; a text of
            1 to 256 bytes [any]
        :param typed: a pattern that a line has which the module takes from a host; a text of 1 to
            256 bytes [none]
        :param printed: a pattern that a line has which the module prints; a text of 1 to 256 bytes
            [none]
        :param since: also events behind this number, which the `at` of an answer is; a whole number
            from 0 to 9223372036854775807 [from now on]
        :param timeout: when it is given up; a time from "0s" to "24h", in ms, s, min or h, or
            seconds ["10s"]
        :raises: NoSuchModule, BadArguments, EventsLost, TooManyWaits, TimedOut
        """
        answer: WaitReturn = self.ask("wait", {
            "module": module, "state": state, "event": event, "match": match, "typed": typed,
            "printed": printed, "since": since, "timeout": duration(timeout)})
        return answer

    def subscribe(
            self, *,
            topics: Sequence[Literal["state", "air", "exchange", "payload", "unsolicited", "wire",
                "data", "ports", "hint", "fault"]] | None = None, summary: bool | None = None
    ) -> SubscribeReturn:
        """From now on the client is told of events, a line for each.

        :param topics: which events; an array, of which each is "state", "air", "exchange",
            "payload", "unsolicited", "wire", "data", "ports", "hint" or "fault" [all of them]
        :param summary: true: of each module's lines in front of received data at most 20 a second,
            as `payload` has their number and bytes; and of lines and links at most 3000 events a
            second, of which `lost` counts the rest; true or false [as it was]
        """
        answer: SubscribeReturn = self.ask("subscribe", {"topics": topics, "summary": summary})
        return answer

    def unsubscribe(
            self, *,
            topics: Sequence[Literal["state", "air", "exchange", "payload", "unsolicited", "wire",
                "data", "ports", "hint", "fault"]] | None = None
    ) -> UnsubscribeReturn:
        """The client is told of these events no more.

        :param topics: which events; an array, of which each is "state", "air", "exchange",
            "payload", "unsolicited", "wire", "data", "ports", "hint" or "fault" [all of them]
        """
        answer: UnsubscribeReturn = self.ask("unsubscribe", {"topics": topics})
        return answer

    def fault_arm(
            self,
            fault: Literal["ap-down", "ap-return", "rssi", "wrong-password", "join-refused",
                "dhcp-delay", "dhcp-new-address", "dns-fail", "dns-delay", "tls-no-memory",
                "reset", "watchdog", "brownout", "uart-drop", "uart-corrupt", "uart-stall",
                "busy-for", "send-ok-late", "send-fail-after-ok", "close-in-send", "ipd-in-reply",
                "late-closed", "escape-missed", "flash-fail", "reset-peer", "blackhole", "latency",
                "jitter", "bandwidth", "slice", "limit-bytes"], *, module: str | None = None,
            after: float | str | None = None, typed: str | None = None, printed: str | None = None,
            nth: int | None = None, probability: float | None = None, times: int | None = None,
            ssid: str | None = None, time: float | str | None = None, rssi: int | None = None,
            link: int | None = None, bytes: int | None = None, rate: int | None = None,
            direction: Literal["to_module", "to_host"] | None = None
    ) -> FaultArmReturn:
        """Makes something go wrong, at once or when it is time.

        :param fault: which one; "ap-down", "ap-return", "rssi", "wrong-password", "join-refused",
            "dhcp-delay", "dhcp-new-address", "dns-fail", "dns-delay", "tls-no-memory", "reset",
            "watchdog", "brownout", "uart-drop", "uart-corrupt", "uart-stall", "busy-for", "send-ok-
            late", "send-fail-after-ok", "close-in-send", "ipd-in-reply", "late-closed", "escape-
            missed", "flash-fail", "reset-peer", "blackhole", "latency", "jitter", "bandwidth",
            "slice" or "limit-bytes"
        :param module: which module; 1 to 32 letters, digits, '-', '_' or '.', with a letter or
            digit first, and no personality behind a '.' at the end [the first one]
        :param after: it comes so long after it was armed; a time from "0s" to "24h", in ms, s, min
            or h, or seconds [at once]
        :param typed: it comes at a line that the module is typed which has this pattern: * is any
            text, ? any character; a text of 1 to 256 bytes [none]
        :param printed: it comes at a line that the module prints which has this pattern; a text of
            1 to 256 bytes [none]
        :param nth: from which of those lines on; a whole number from 1 to 1000000 [1]
        :param probability: how likely it is each time that it could come; which times follows from
            the world's seed; a number from 0 to 1 [1]
        :param times: how often it comes; 0: any number of times; a whole number from 0 to 1000000
            [1]
        :param ssid: which access point; a text of 1 to 32 bytes [the first one]
        :param time: how long it takes; a time from "0s" to "24h", in ms, s, min or h, or seconds
            ["0s"]
        :param rssi: in dBm; a whole number from -120 to 0 [-90]
        :param link: which link; a whole number from 0 to 4 [0]
        :param bytes: how many; a whole number from 1 to 1000000000 [100]
        :param rate: bytes each second; a whole number from 1 to 1000000000 [1000]
        :param direction: of which bytes; "to_module" or "to_host" ["to_module"]
        :raises: BadArguments, NoSuchModule, NoSuchAccessPoint, TooManyFaults, NotWithThisRadio,
            ModuleIsOff, NoSuchLink
        """
        answer: FaultArmReturn = self.ask("fault.arm", {
            "fault": fault, "module": module, "after": duration(after), "typed": typed,
            "printed": printed, "nth": nth, "probability": probability, "times": times,
            "ssid": ssid, "time": duration(time), "rssi": rssi, "link": link, "bytes": bytes,
            "rate": rate, "direction": direction})
        return answer

    def fault_fire(self, id: int) -> None:
        """A fault that is armed comes now.

        :param id: its number, as fault.arm has returned it; a whole number from 1 to
            9223372036854775807
        :raises: NoSuchFault, ModuleIsOff, NoSuchLink
        """
        self.ask("fault.fire", {"id": id})

    def fault_disarm(self, id: int) -> None:
        """A fault that is armed comes no more.

        :param id: its number, as fault.arm has returned it; a whole number from 1 to
            9223372036854775807
        :raises: NoSuchFault
        """
        self.ask("fault.disarm", {"id": id})

    def fault_list(self) -> FaultListReturn:
        """Tells which faults are armed, what they did, and what there is."""
        answer: FaultListReturn = self.ask("fault.list", {})
        return answer

    def trace_start(self, *, path: str | None = None, size: int | None = None) -> None:
        """Begins to trace all that happens: to a file, or in memory, the last 8 MB.

        :param path: a new file, with its whole path, for its owner alone; at the Unix socket only;
            a text of 1 to 4096 bytes [in memory]
        :param size: how many bytes the file has at most: then it is renamed to PATH.1 and begun
            anew; a whole number from 65536 to 1099511627776 [67108864]
        :raises: IsTraced, BadArguments, OnlyAtSocket, NoFile
        """
        self.ask("trace.start", {"path": path, "size": size})

    def trace_stop(self) -> TraceStopReturn:
        """Ends the trace.

        :raises: NotTraced
        """
        answer: TraceStopReturn = self.ask("trace.stop", {})
        return answer

    def trace_export(
            self, *, format: Literal["jsonl", "pcapng", "cast", "vcd"] | None = None,
            since: int | None = None, module: str | None = None
    ) -> TraceExportReturn:
        """Returns events that are kept. Bytes of the wire and of links are among them while a trace
        is in memory.

        :param format: lines as subscribers get them, packets for Wireshark, asciicast, or signals
            for PulseView; "jsonl", "pcapng", "cast" or "vcd" ["jsonl"]
        :param since: the events behind this number, which the `at` of an answer is; a whole number
            from 0 to 9223372036854775807 [all that is kept]
        :param module: which module; cast and vcd have one; 1 to 32 letters, digits, '-', '_' or
            '.', with a letter or digit first, and no personality behind a '.' at the end [all of
            them]
        :raises: EventsLost, BadArguments
        """
        answer: TraceExportReturn = self.ask("trace.export", {
            "format": format, "since": since, "module": module})
        return answer


class AsyncControlCommands:
    """All commands, for asyncio."""
    async def ask(self, command: str, arguments: Mapping[str, Any]) -> Any:
        """Carries out a command; returns what it returns."""
        raise NotImplementedError

    async def capabilities(self) -> CapabilitiesReturn:
        """See `ControlCommands.capabilities()`."""
        answer: CapabilitiesReturn = await self.ask("capabilities", {})
        return answer

    async def program(self) -> ProgramReturn:
        """See `ControlCommands.program()`."""
        answer: ProgramReturn = await self.ask("program", {})
        return answer

    async def http(self) -> HttpReturn:
        """See `ControlCommands.http()`."""
        answer: HttpReturn = await self.ask("http", {})
        return answer

    async def quit(self) -> None:
        """See `ControlCommands.quit()`."""
        await self.ask("quit", {})

    async def status(self, *, module: str | None = None) -> StatusReturn:
        """See `ControlCommands.status()`."""
        answer: StatusReturn = await self.ask("status", {"module": module})
        return answer

    async def power_on(self, *, module: str | None = None) -> None:
        """See `ControlCommands.power_on()`."""
        await self.ask("power.on", {"module": module})

    async def power_off(self, *, module: str | None = None) -> None:
        """See `ControlCommands.power_off()`."""
        await self.ask("power.off", {"module": module})

    async def reset(
            self, *, module: str | None = None,
            reason: Literal["external", "watchdog", "power_on"] | None = None
    ) -> None:
        """See `ControlCommands.reset()`."""
        await self.ask("reset", {"module": module, "reason": reason})

    async def link_close(self, *, module: str | None = None, link: int | None = None) -> None:
        """See `ControlCommands.link_close()`."""
        await self.ask("link.close", {"module": module, "link": link})

    async def link_reset(self, *, module: str | None = None, link: int | None = None) -> None:
        """See `ControlCommands.link_reset()`."""
        await self.ask("link.reset", {"module": module, "link": link})

    async def link_stall(self, *, module: str | None = None, link: int | None = None) -> None:
        """See `ControlCommands.link_stall()`."""
        await self.ask("link.stall", {"module": module, "link": link})

    async def link_resume(self, *, module: str | None = None, link: int | None = None) -> None:
        """See `ControlCommands.link_resume()`."""
        await self.ask("link.resume", {"module": module, "link": link})

    async def journal_save(self, *, module: str | None = None) -> JournalSaveReturn:
        """See `ControlCommands.journal_save()`."""
        answer: JournalSaveReturn = await self.ask("journal.save", {"module": module})
        return answer

    async def send(
            self, *, module: str | None = None, line: str | None = None, text: str | None = None,
            bytes: str | None = None
    ) -> SendReturn:
        """See `ControlCommands.send()`."""
        answer: SendReturn = await self.ask("send", {
            "module": module, "line": line, "text": text, "bytes": bytes})
        return answer

    async def ap_add(
            self, ssid: str, *, password: str | None = None,
            security: Literal["open", "wep", "wpa", "wpa2", "wpa/wpa2", "wpa2-enterprise"] | None =
                None, channel: int | None = None, rssi: int | None = None,
            position: Sequence[Any] | None = None, bssid: str | None = None,
            off: bool | None = None, hidden: bool | None = None, silent: bool | None = None,
            wps: bool | None = None, country: str | None = None, max_stations: int | None = None,
            subnet: str | None = None, dhcp: ApAddDhcp | None = None,
            delays: ApAddDelays | None = None
    ) -> ApAddReturn:
        """See `ControlCommands.ap_add()`."""
        answer: ApAddReturn = await self.ask("ap.add", {
            "ssid": ssid, "password": password, "security": security, "channel": channel,
            "rssi": rssi, "position": position, "bssid": bssid, "off": off, "hidden": hidden,
            "silent": silent, "wps": wps, "country": country, "max_stations": max_stations,
            "subnet": subnet, "dhcp": dhcp, "delays": delays})
        return answer

    async def ap_change(
            self, name: str, *, ssid: str | None = None, password: str | None = None,
            security: Literal["open", "wep", "wpa", "wpa2", "wpa/wpa2", "wpa2-enterprise"] | None =
                None, channel: int | None = None, rssi: int | None = None,
            position: Sequence[Any] | None = None, bssid: str | None = None,
            off: bool | None = None, hidden: bool | None = None, silent: bool | None = None,
            wps: bool | None = None, country: str | None = None, max_stations: int | None = None,
            subnet: str | None = None, dhcp: ApChangeDhcp | None = None,
            delays: ApChangeDelays | None = None
    ) -> ApChangeReturn:
        """See `ControlCommands.ap_change()`."""
        answer: ApChangeReturn = await self.ask("ap.change", {
            "name": name, "ssid": ssid, "password": password, "security": security,
            "channel": channel, "rssi": rssi, "position": position, "bssid": bssid, "off": off,
            "hidden": hidden, "silent": silent, "wps": wps, "country": country,
            "max_stations": max_stations, "subnet": subnet, "dhcp": dhcp, "delays": delays})
        return answer

    async def ap_remove(self, name: str) -> ApRemoveReturn:
        """See `ControlCommands.ap_remove()`."""
        answer: ApRemoveReturn = await self.ask("ap.remove", {"name": name})
        return answer

    async def station_join(
            self, ssid: str, *, password: str | None = None, mac: str | None = None,
            after: float | str | None = None, position: Sequence[Any] | None = None
    ) -> StationJoinReturn:
        """See `ControlCommands.station_join()`."""
        answer: StationJoinReturn = await self.ask("station.join", {
            "ssid": ssid, "password": password, "mac": mac, "after": duration(after),
            "position": position})
        return answer

    async def station_leave(self, mac: str) -> None:
        """See `ControlCommands.station_leave()`."""
        await self.ask("station.leave", {"mac": mac})

    async def world_show(self, *, secrets: bool | None = None) -> WorldShowReturn:
        """See `ControlCommands.world_show()`."""
        answer: WorldShowReturn = await self.ask("world.show", {"secrets": secrets})
        return answer

    async def world_apply(
            self, *, ap: Sequence[Any] | None = None, station: Sequence[Any] | None = None,
            delays: Mapping[str, Any] | None = None
    ) -> WorldApplyReturn:
        """See `ControlCommands.world_apply()`."""
        answer: WorldApplyReturn = await self.ask("world.apply", {
            "ap": ap, "station": station, "delays": delays})
        return answer

    async def module_move(
            self, *, module: str | None = None, to: Sequence[Any] | None = None
    ) -> None:
        """See `ControlCommands.module_move()`."""
        await self.ask("module.move", {"module": module, "to": to})

    async def wait(
            self, *, module: str | None = None,
            state: Literal["off", "on", "idle", "passthrough", "associated", "not_associated",
                "addressed", "linked", "not_linked"] | None = None,
            event: Literal["ready", "off", "joined", "join_failed", "left", "addressed",
                "link_opened", "link_closed", "link_failed", "station_joined", "station_left",
                "air_changed", "typed", "printed", "answered", "unsolicited", "wire", "flow",
                "data", "asked", "told", "hint", "trace", "fault", "payload"] | None = None,
            match: str | None = None, typed: str | None = None, printed: str | None = None,
            since: int | None = None, timeout: float | str | None = None
    ) -> WaitReturn:
        """See `ControlCommands.wait()`."""
        answer: WaitReturn = await self.ask("wait", {
            "module": module, "state": state, "event": event, "match": match, "typed": typed,
            "printed": printed, "since": since, "timeout": duration(timeout)})
        return answer

    async def subscribe(
            self, *,
            topics: Sequence[Literal["state", "air", "exchange", "payload", "unsolicited", "wire",
                "data", "ports", "hint", "fault"]] | None = None, summary: bool | None = None
    ) -> SubscribeReturn:
        """See `ControlCommands.subscribe()`."""
        answer: SubscribeReturn = await self.ask("subscribe", {
            "topics": topics, "summary": summary})
        return answer

    async def unsubscribe(
            self, *,
            topics: Sequence[Literal["state", "air", "exchange", "payload", "unsolicited", "wire",
                "data", "ports", "hint", "fault"]] | None = None
    ) -> UnsubscribeReturn:
        """See `ControlCommands.unsubscribe()`."""
        answer: UnsubscribeReturn = await self.ask("unsubscribe", {"topics": topics})
        return answer

    async def fault_arm(
            self,
            fault: Literal["ap-down", "ap-return", "rssi", "wrong-password", "join-refused",
                "dhcp-delay", "dhcp-new-address", "dns-fail", "dns-delay", "tls-no-memory",
                "reset", "watchdog", "brownout", "uart-drop", "uart-corrupt", "uart-stall",
                "busy-for", "send-ok-late", "send-fail-after-ok", "close-in-send", "ipd-in-reply",
                "late-closed", "escape-missed", "flash-fail", "reset-peer", "blackhole", "latency",
                "jitter", "bandwidth", "slice", "limit-bytes"], *, module: str | None = None,
            after: float | str | None = None, typed: str | None = None, printed: str | None = None,
            nth: int | None = None, probability: float | None = None, times: int | None = None,
            ssid: str | None = None, time: float | str | None = None, rssi: int | None = None,
            link: int | None = None, bytes: int | None = None, rate: int | None = None,
            direction: Literal["to_module", "to_host"] | None = None
    ) -> FaultArmReturn:
        """See `ControlCommands.fault_arm()`."""
        answer: FaultArmReturn = await self.ask("fault.arm", {
            "fault": fault, "module": module, "after": duration(after), "typed": typed,
            "printed": printed, "nth": nth, "probability": probability, "times": times,
            "ssid": ssid, "time": duration(time), "rssi": rssi, "link": link, "bytes": bytes,
            "rate": rate, "direction": direction})
        return answer

    async def fault_fire(self, id: int) -> None:
        """See `ControlCommands.fault_fire()`."""
        await self.ask("fault.fire", {"id": id})

    async def fault_disarm(self, id: int) -> None:
        """See `ControlCommands.fault_disarm()`."""
        await self.ask("fault.disarm", {"id": id})

    async def fault_list(self) -> FaultListReturn:
        """See `ControlCommands.fault_list()`."""
        answer: FaultListReturn = await self.ask("fault.list", {})
        return answer

    async def trace_start(self, *, path: str | None = None, size: int | None = None) -> None:
        """See `ControlCommands.trace_start()`."""
        await self.ask("trace.start", {"path": path, "size": size})

    async def trace_stop(self) -> TraceStopReturn:
        """See `ControlCommands.trace_stop()`."""
        answer: TraceStopReturn = await self.ask("trace.stop", {})
        return answer

    async def trace_export(
            self, *, format: Literal["jsonl", "pcapng", "cast", "vcd"] | None = None,
            since: int | None = None, module: str | None = None
    ) -> TraceExportReturn:
        """See `ControlCommands.trace_export()`."""
        answer: TraceExportReturn = await self.ask("trace.export", {
            "format": format, "since": since, "module": module})
        return answer
