using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>
/// A kernel object made of links, on which other objects depend. It is compared first: without it, its dependent objects cannot exist.
/// </summary>
internal interface ILinkRoot
{
    /// <summary>Its links.</summary>
    IReadOnlyList<LinkEnd> Ends { get; }

    /// <summary>The links of the host that must exist before it can be created.</summary>
    IReadOnlyList<LinkMark> Needs => [];

    /// <summary>The drift kind for a missing one.</summary>
    DriftKind Kind { get; }

    /// <summary>A noun for messages, with its article.</summary>
    string Noun { get; }

    /// <summary>Finds its links by their marks, under any names, and records them in the actual state.</summary>
    /// <returns>Null if it exists; otherwise the reason why not.</returns>
    Absence? Locate(ActualState actual);
}

/// <summary>One link of a link root.</summary>
/// <param name="Place">The namespace of the link.</param>
/// <param name="Mark">Identifies the link.</param>
internal sealed record LinkEnd(Place Place, LinkMark Mark);

/// <summary>Describes a missing link root.</summary>
/// <param name="Object">The desired name.</param>
/// <param name="Actual">What was found instead.</param>
internal sealed record Absence(string Object, string Actual)
{
    /// <summary>What to do by hand, if this module cannot create it; null if it can.</summary>
    public string? Advice { get; init; }

    /// <summary>Its leftovers, which are removed before it is created again.</summary>
    public IReadOnlyList<KernelObject> Leftovers { get; init; } = [];

    /// <summary>The absence of a bridge: its name is unused, or belongs to another link.</summary>
    /// <param name="name">The name.</param>
    /// <param name="other">The link with that name; null if there is none.</param>
    public static Absence OfBridge(string name, Link? other) =>
        other switch
        {
            null => new(name, Deviation.Missing),
            { Kind: "bridge" } => new(name, "another bridge of that name") { Advice = Rename(name) },
            _ => new(name, "a link of another kind") { Advice = Rename(name) },
        };

    /// <summary>The advice for a link with a conflicting name.</summary>
    public static string Rename(string name) => $"rename or remove the link {name}, then repair again";
}
