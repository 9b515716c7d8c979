using System.Net;
using System.Text.Json;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Requests;

/// <summary>Networks and all that is on them as one document, which <c>Export-BridgeNetwork</c> writes and <c>Import-BridgeNetwork</c> reads.</summary>
internal sealed record Topology
{
    /// <summary>The version of the document that this module writes, and the newest that it reads.</summary>
    public const int Newest = 1;

    /// <summary>The version of the document.</summary>
    public required int Version { get; init; }

    public IReadOnlyList<NetworkRow> Networks { get; init; } = [];

    public IReadOnlyList<ContainerRow> Containers { get; init; } = [];

    public IReadOnlyList<EndpointRow> Endpoints { get; init; } = [];

    public IReadOnlyList<PortRow> Ports { get; init; } = [];

    public IReadOnlyList<Reservation> Reservations { get; init; } = [];

    public IReadOnlyList<GivenAddress> LastAddresses { get; init; } = [];

    /// <summary>The document as text.</summary>
    public string Write() => StateJson.WriteDocument(this);

    /// <summary>The document of a text.</summary>
    /// <exception cref="BridgeNetException">InvalidTopology: not such a document, or a newer one.</exception>
    public static Topology Read(string text)
    {
        Topology read;
        try
        {
            read = StateJson.ReadDocument<Topology>(text);
        }
        // What converters and constructors throw at a value that cannot be is as much the text's fault as a missing brace.
        catch (Exception failure)
            when (failure
                    is JsonException
                        or FormatException
                        or ArgumentException
                        or InvalidOperationException
                        or NotSupportedException
                        or OverflowException
            )
        {
            throw Invalid($"This is not a document of Export-BridgeNetwork: {failure.Message.TrimEnd('.')}.", failure);
        }
        if (read.Version is < 1 or > Newest)
            throw Invalid($"The document is of version {read.Version}, and this module reads up to {Newest}; update the module.");
        bool hole = ((IEnumerable<object?>)read.Networks)
            .Concat(read.Containers)
            .Concat(read.Endpoints)
            .Concat(read.Ports)
            .Concat(read.Reservations)
            .Concat(read.LastAddresses)
            .Any(static item => item is null);
        return hole ? throw Invalid("This is not a document of Export-BridgeNetwork: one of its lists holds a null.") : read;
    }

    private static BridgeNetException Invalid(string sentence, Exception? cause = null) =>
        new(ErrorIds.InvalidTopology, ProblemCategory.InvalidData, sentence, "", cause);

    /// <summary>The last automatic address that was given in a subnet.</summary>
    internal sealed record GivenAddress(string NetworkId, IPNetwork Subnet, IPAddress Address);
}
