using System.Text.Json;
using BridgeNet.Kernel;
using BridgeNet.Model;
using BridgeNet.Netlink;
using BridgeNet.State;

namespace BridgeNet.Changes;

/// <summary>Everything of the kernel that one change touches, by name, so that another process can clean up after this one died.</summary>
internal sealed record Intent
{
    /// <summary>The network namespace, and with it the boot, in which the change was under way: elsewhere the same names mean other objects.</summary>
    public NamespaceIdentity? Host { get; init; }

    /// <summary>False: the change makes these objects. True: it removes them.</summary>
    public bool Removing { get; init; }

    /// <summary>The ids of the rows that the change writes or deletes; none when it only changes what is there.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];

    /// <summary>Links, with what proves that they are ours.</summary>
    public IReadOnlyList<LinkMark> Links { get; init; } = [];

    /// <summary>Bridges of somebody else's that are given back.</summary>
    public IReadOnlyList<AdoptedIntent> Adopted { get; init; } = [];

    /// <summary>Whether it changes rules.</summary>
    public bool Rules { get; init; }

    /// <summary>The ids of containers whose links, default routes and files it changes: they are made what the state says.</summary>
    public IReadOnlyList<string> Settle { get; init; } = [];

    /// <summary>The ids of networks whose members are settled.</summary>
    public IReadOnlyList<string> SettleNetworks { get; init; } = [];

    /// <summary>Kernel settings that it changes, with the value they had.</summary>
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>Namespaces that are kept by a bind mount.</summary>
    public IReadOnlyList<NamespaceIntent> Namespaces { get; init; } = [];

    /// <summary>Directories with a container's files.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Namespaces that move to another path; the state tells which is right.</summary>
    public IReadOnlyList<MoveIntent> Moves { get; init; } = [];
}

/// <summary>A bridge that was there before its network, and what it had.</summary>
internal sealed record AdoptedIntent(string Bridge, MacAddress? Mac, AdoptedBridge Had);

/// <summary>A bind mount of a namespace, with the cookie of that namespace.</summary>
internal sealed record NamespaceIntent(string Path, ulong Cookie);

/// <summary>A container that gets another name.</summary>
internal sealed record MoveIntent(string ContainerId, string From, string To);
