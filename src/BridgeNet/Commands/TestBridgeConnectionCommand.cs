using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Tells whether one container reaches another, by ICMP echo or TCP from inside its namespace; needs no <c>ping</c>.</summary>
/// <remarks>
/// What comes back tells loss and round-trip times, and why when nothing came back. Another way to name the destination is an address.
/// </remarks>
/// <example><code>Test-BridgeConnection c2 c1</code>Sends three ICMP echo requests from c2 to c1.</example>
/// <example><code>Test-BridgeConnection c2 c1 -TcpPort 80 -Quiet</code>Tells whether c1 takes connections at port 80: true or false.</example>
/// <example><code>Get-BridgeContainer | Test-BridgeConnection -Destination 173.20.0.2 -Count 1 | Where-Object Reachable</code>
/// Tells which containers reach an address.</example>
[Cmdlet(VerbsDiagnostic.Test, "BridgeConnection")]
[OutputType(typeof(BridgeConnection), typeof(bool))]
public sealed class TestBridgeConnectionCommand : BridgeNetCmdlet
{
    /// <summary>Name or id of the container that sends.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "ContainerName")]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string Source { get; set; } = "";

    /// <summary>Names or ids of containers, or addresses.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string[] Destination { get; set; } = [];

    /// <summary>Connect to this TCP port in place of ICMP echo.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int TcpPort { get; set; }

    /// <summary>How many requests.</summary>
    [Parameter]
    [ValidateRange(1, 10000)]
    public int Count { get; set; } = 3;

    /// <summary>How long to wait for each reply, in milliseconds.</summary>
    [Parameter]
    [ValidateRange(1, 600_000)]
    public int TimeoutMilliseconds { get; set; } = 1000;

    /// <summary>Only tell whether it is reachable.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string destination in Destination)
        {
            Try(destination, () =>
            {
                BridgeConnection connection = Engine.TestConnection(
                    Source, destination, TcpPort, Count, TimeSpan.FromMilliseconds(TimeoutMilliseconds), Cancellation);
                WriteObject(Quiet ? connection.Reachable : connection);
            });
        }
    }
}
