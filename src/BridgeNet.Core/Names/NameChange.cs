using BridgeNet.Model;

namespace BridgeNet.Names;

/// <summary>What of a change concerns names.</summary>
internal sealed record NameChange
{
    /// <summary>Endpoints that go.</summary>
    public IReadOnlyList<EndpointRow> Gone { get; init; } = [];

    /// <summary>Endpoints that come.</summary>
    public IReadOnlyList<EndpointRow> Added { get; init; } = [];

    /// <summary>Containers that come with them, which the state does not know yet.</summary>
    public IReadOnlyList<ContainerRow> Made { get; init; } = [];

    /// <summary>A container by its name of before.</summary>
    public ContainerRow? Old { get; init; }

    /// <summary>The same by its new name, with endpoints that have it.</summary>
    public ContainerRow? Renamed { get; init; }

    /// <summary>Containers that go.</summary>
    public IReadOnlyList<ContainerRow> Removed { get; init; } = [];

    /// <summary>The change that takes it back.</summary>
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
