using System.Globalization;
using System.Management.Automation;
using System.Net;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>
/// Tests whether one container reaches another, by ICMP echo or TCP from inside its namespace; it does not need <c>ping</c>.
/// </summary>
/// <remarks>
/// The result has loss and round-trip times, and the reason if no reply arrived. The destination may also be an address.
/// </remarks>
/// <example><code>Test-BridgeConnection c2 c1</code>Sends three ICMP echo requests from c2 to c1.</example>
/// <example><code>Test-BridgeConnection c2 c1 -TcpPort 80 -Quiet</code>Tests whether c1 accepts connections at port 80: true or
/// false.</example>
/// <example><code>Get-BridgeContainer | Test-BridgeConnection -Destination 173.20.0.2 -Count 1 | Where-Object Reachable</code>
/// Lists the containers that reach an address.</example>
[Cmdlet(VerbsDiagnostic.Test, "BridgeConnection")]
[OutputType(typeof(BridgeConnection), typeof(bool))]
public sealed class TestBridgeConnectionCommand : BridgeNetCmdlet
{
    /// <summary>
    /// The containers that send: names with wildcards, ids, prefixes of ids, or objects; for a network, its containers; for an earlier
    /// result, its source.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("Name", "ContainerName")]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject[] Source { get; set; } = [];

    /// <summary>Addresses, or containers: names with wildcards, ids, prefixes of ids, or objects; for an endpoint, its address.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject[] Destination { get; set; } = [];

    /// <summary>Connect to this TCP port, 1 to 65535, instead of ICMP echo.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int))]
    public int? TcpPort { get; set; }

    /// <summary>The number of requests.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Cell(typeof(int), Empty = 3)]
    [ValidateRange(1, 10000)]
    public int Count { get; set; } = 3;

    /// <summary>The timeout for each reply, in milliseconds.</summary>
    [Parameter]
    [ValidateRange(1, 600_000)]
    public int TimeoutMilliseconds { get; set; } = 1000;

    /// <summary>Return only true or false.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        ForEach(
            Source,
            given => Sources(given).Select(container => (container.Id, Port: PortOf(given))),
            source =>
                ForEach(
                    Destination,
                    Destinations,
                    destination =>
                    {
                        ProbeResult result = Engine.TestConnection(
                            source.Id,
                            destination,
                            source.Port,
                            Count,
                            TimeSpan.FromMilliseconds(TimeoutMilliseconds),
                            Cancellation
                        );
                        WriteObject(Quiet ? result.Reachable : new BridgeConnection(result));
                    }
                )
        );

    private static IEnumerable<ContainerRow> Sources(GivenObject given) =>
        given.Noun == Noun.Row && given["Source"] is { } text ? Lookup.Containers(GivenObject.Read(text)) : Lookup.RelatedContainers(given);

    // A wildcard expands to names, an endpoint to its address; everything else is an address or a name.
    private static IEnumerable<string> Destinations(GivenObject given) =>
        given.Noun switch
        {
            Noun.Text when IPAddress.TryParse(given.Text, out IPAddress? address) && given.Text is ['[', .., ']'] => [address.ToString()],
            Noun.Text when given.Text.Contains(',') => TextListAttribute
                .Split(given.Text)
                .SelectMany(static text => Destinations(GivenObject.Read(text))),
            Noun.Text when !given.IsWildcard => [given.Text],
            Noun.Endpoint when Lookup.Endpoint(given) is var endpoint && (endpoint.IPAddress ?? endpoint.IPv6Address) is { } address =>
            [
                address.ToString(),
            ],
            _ => Lookup.RelatedContainers(given).Select(static container => container.Id),
        };

    // Without a port: ICMP.
    private int PortOf(GivenObject given) =>
        TcpPort switch
        {
            < 1 or > 65535 => throw new BridgeNetException(
                ErrorIds.InvalidPort,
                ProblemCategory.InvalidArgument,
                $"{TcpPort} is not a TCP port; give 1 to 65535, or leave -TcpPort out for ICMP echo.",
                TcpPort
            ),
            null
                when given.Noun == Noun.Connection
                    && given["Protocol"]?.Split('/') is ["tcp", var text]
                    && ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) => port,
            var asked => asked ?? 0,
        };
}
