using BridgeNet.Model;

namespace BridgeNet.Names;

/// <summary>The part of a change that concerns names.</summary>
internal sealed record NameChange
{
    /// <summary>Removed endpoints.</summary>
    public IReadOnlyList<EndpointRow> Gone { get; init; } = [];

    /// <summary>Added endpoints.</summary>
    public IReadOnlyList<EndpointRow> Added { get; init; } = [];

    /// <summary>Added containers, which are not yet in the state.</summary>
    public IReadOnlyList<ContainerRow> Made { get; init; } = [];

    /// <summary>A renamed container, with its old name.</summary>
    public ContainerRow? Old { get; init; }

    /// <summary>The same container with its new name, also in its endpoints.</summary>
    public ContainerRow? Renamed { get; init; }

    /// <summary>Removed containers.</summary>
    public IReadOnlyList<ContainerRow> Removed { get; init; } = [];

    /// <summary>The reverse change, to undo it.</summary>
    public NameChange Reversed() =>
        new()
        {
            Gone = Added,
            Added = Gone,
            Made = Removed,
            Removed = Made,
            Old = Renamed,
            Renamed = Old,
        };
}
