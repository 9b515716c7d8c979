using System.Net;
using System.Text.Json;
using BridgeNet.Model;
using BridgeNet.State;

namespace BridgeNet.Requests;

/// <summary>
/// A document with networks, their containers and endpoints, which <c>Export-BridgeNetwork</c> writes and <c>Import-BridgeNetwork</c>
/// reads.
/// </summary>
internal sealed record Topology
{
    /// <summary>The format version that this module writes, and the newest that it reads.</summary>
    public const int Newest = 1;

    /// <summary>The format version of the document.</summary>
    public required int Version { get; init; }

    public IReadOnlyList<NetworkRow> Networks { get; init; } = [];

    public IReadOnlyList<ContainerRow> Containers { get; init; } = [];

    public IReadOnlyList<EndpointRow> Endpoints { get; init; } = [];

    public IReadOnlyList<PortRow> Ports { get; init; } = [];

    public IReadOnlyList<Reservation> Reservations { get; init; } = [];

    public IReadOnlyList<GivenAddress> LastAddresses { get; init; } = [];

    /// <summary>The document as text.</summary>
    public string Write() => StateJson.WriteDocument(this);

    /// <summary>Parses a document.</summary>
    /// <exception cref="BridgeNetException">InvalidTopology: the text is no such document, or a newer one.</exception>
    public static Topology Read(string text)
    {
        Topology read;
        try
        {
            read = StateJson.ReadDocument<Topology>(text);
        }
        // Converters and constructors throw these for an invalid value, which is as much an error of the text as a missing brace.
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
            throw Invalid($"This is not an exported document: {failure.Message.TrimEnd('.')}.", failure);
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
        return hole ? throw Invalid("This is not an exported document: one of its lists contains null.") : read;
    }

    private static BridgeNetException Invalid(string sentence, Exception? cause = null) =>
        new(ErrorIds.InvalidTopology, ProblemCategory.InvalidData, sentence, "", cause);

    /// <summary>The last automatically assigned address in a subnet.</summary>
    internal sealed record GivenAddress(string NetworkId, IPNetwork Subnet, IPAddress Address);
}
