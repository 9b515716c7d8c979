using System.Globalization;
using BridgeNet.Netlink;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Simulation;

/// <summary>A link of a modelled namespace.</summary>
internal sealed class WorldLink
{
    /// <summary>What the kernel gives an Ethernet link, in bytes.</summary>
    public const int DefaultMtu = 1500;

    /// <summary>Its index, which stays when it is renamed.</summary>
    public required int Index { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; set; }

    /// <summary><c>bridge</c>, <c>veth</c>, <c>macvlan</c>…; null for loopback.</summary>
    public string? Kind { get; init; }

    /// <summary>Its Ethernet address.</summary>
    public MacAddress? Mac { get; set; }

    /// <summary>In bytes.</summary>
    public int Mtu { get; set; } = DefaultMtu;

    /// <summary>
    /// Of a bridge: whether its MTU was changed once. Else it follows its ports (net/bridge/br_if.c: br_mtu_auto_adjust).
    /// </summary>
    public bool HasOwnMtu { get; set; }

    /// <summary>Its interface group.</summary>
    public uint Group { get; set; }

    /// <summary>Its alias.</summary>
    public string? Alias { get; set; }

    /// <summary>Whether it is switched on.</summary>
    public bool Up { get; set; }

    /// <summary>The index of its bridge; 0 for none.</summary>
    public int Master { get; set; }

    /// <summary>Of a veth: the cookie of the namespace that its other end is in; of a link on another one: of that.</summary>
    public ulong PeerNamespace { get; init; }

    /// <summary>Of a veth: the index of its other end; of a link on another one: of that.</summary>
    public int PeerIndex { get; set; }

    /// <summary>What it is on its lower link; null if it is on none.</summary>
    public UpperKind? Upper { get; set; }

    /// <summary>Of a port: frames to other isolated ports are dropped.</summary>
    public bool Isolated { get; set; }

    /// <summary>Of a port: frames may go out where they came in.</summary>
    public bool Hairpin { get; set; }

    /// <summary>Of a port: the bridge learns from its frames.</summary>
    public bool Learning { get; set; } = true;

    /// <summary>Its settings, by family and name, such as <c>ipv4/arp_ignore</c>; what is not there has the kernel's default.</summary>
    public SortedDictionary<string, string> Settings { get; init; } = new(StringComparer.Ordinal);

    /// <summary>As netlink reports it.</summary>
    public Link ToLink() =>
        new(Index, Name)
        {
            Kind = Kind,
            Mac = Mac,
            Mtu = Mtu,
            Group = Group,
            Alias = Alias,
            Up = Up,
            Master = Master,
            LinkedIndex = PeerIndex,
            Upper = Upper,
            IsolatedPort = Master == 0 ? null : Isolated,
            HairpinPort = Master == 0 ? null : Hairpin,
            LearningPort = Master == 0 ? null : Learning,
            PortState = Master == 0 ? null : RtnlConstants.BR_STATE_FORWARDING,
        };

    /// <summary>A copy.</summary>
    public WorldLink Clone() =>
        new()
        {
            Index = Index,
            Name = Name,
            Kind = Kind,
            Mac = Mac,
            Mtu = Mtu,
            HasOwnMtu = HasOwnMtu,
            Group = Group,
            Alias = Alias,
            Up = Up,
            Master = Master,
            PeerNamespace = PeerNamespace,
            PeerIndex = PeerIndex,
            Upper = Upper,
            Isolated = Isolated,
            Hairpin = Hairpin,
            Learning = Learning,
            Settings = new(Settings, StringComparer.Ordinal),
        };

    /// <summary>Everything of it but indexes, which depend on what came before.</summary>
    /// <param name="master">The name of its bridge; null for none.</param>
    public string Describe(string? master) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"link {Name} {Kind}{(Upper is null ? "" : " " + Upper.Words)} {Mac} mtu {Mtu} group {Group} alias '{Alias}' {(Up ? "up" : "down")} master {master}{(master is null ? "" : $" isolated {Isolated} hairpin {Hairpin} learning {Learning}")}"
        );
}
