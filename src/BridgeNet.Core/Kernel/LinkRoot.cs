using BridgeNet.Model;
using BridgeNet.Rtnetlink;

namespace BridgeNet.Kernel;

/// <summary>A thing of the kernel that others stand on, so that it is looked for before them: where it is not, they are not either.</summary>
internal interface ILinkRoot
{
    /// <summary>The links that it is made of.</summary>
    IReadOnlyList<LinkEnd> Ends { get; }

    /// <summary>As what a missing one is reported.</summary>
    DriftKind Kind { get; }

    /// <summary>What it is, with its article.</summary>
    string Noun { get; }

    /// <summary>Finds its links by what they are known by, under whatever names, and notes them.</summary>
    /// <returns>Null when it is there; else why it is not.</returns>
    Absence? Locate(ActualState actual);
}

/// <summary>One link of a root.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="Mark">By what it is known.</param>
internal sealed record LinkEnd(Place Place, LinkMark Mark);

/// <summary>That a root is not there.</summary>
/// <param name="Object">The name that it should have.</param>
/// <param name="Actual">What is there.</param>
internal sealed record Absence(string Object, string Actual)
{
    /// <summary>What to do by hand, where it cannot be created from here; null where it can.</summary>
    public string? Advice { get; init; }

    /// <summary>What is left of it, and goes before it is created anew.</summary>
    public IReadOnlyList<KernelObject> Left { get; init; } = [];

    /// <summary>That of a bridge whose name nothing, or another link, has.</summary>
    /// <param name="name">The name.</param>
    /// <param name="other">Who has the name; null for nobody.</param>
    public static Absence OfBridge(string name, Link? other) =>
        other switch
        {
            null => new(name, Deviation.Missing),
            { Kind: "bridge" } => new(name, "another bridge of that name") { Advice = Rename(name) },
            _ => new(name, "a link of another kind") { Advice = Rename(name) },
        };

    /// <summary>What to do with a link that is in the way.</summary>
    public static string Rename(string name) => $"rename or remove the link {name}, then repair again";
}
