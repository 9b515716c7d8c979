using System.Collections;
using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Engine;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Makes a network, as <c>docker network create</c> does.</summary>
/// <remarks>
/// Its bridge, addresses, rules and isolation are there when it returns. Without -Subnet, one is chosen that is clear of every network, route
/// and address of the host. Containers of different networks do not reach each other.
/// </remarks>
/// <example><code>New-BridgeNetwork web</code>Makes a network with a subnet and a gateway from the pools.</example>
/// <example><code>New-BridgeNetwork db -Subnet 173.20.0.0/16 -Gateway 173.20.0.1 -Label @{ team = 'data' }</code>
/// Makes one with the given ones, and a label.</example>
/// <example><code>New-BridgeNetwork web -WhatIf</code>Shows the steps as ip and iptables commands, and does none of them.</example>
[Cmdlet(VerbsCommon.New, "BridgeNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(BridgeNetwork))]
public sealed class NewBridgeNetworkCommand : BridgeNetCmdlet
{
    /// <summary>The name: letters, digits, '_', '.', '-'.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Name { get; set; } = [];

    /// <summary>The subnet in CIDR form; without it one is taken from the pools.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Subnet { get; set; }

    /// <summary>The address of the bridge; the first of the subnet if not given.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Gateway { get; set; }

    /// <summary>The driver; <c>bridge</c> is the one there is.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(DriverCompleter))]
    public string Driver { get; set; } = "bridge";

    /// <summary>Labels, as <c>@{ key = 'value' }</c>.</summary>
    [Parameter]
    public Hashtable? Label { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            NetworkRequest request = new(name) { Subnet = Subnet, Gateway = Gateway, Driver = Driver, Labels = Labels() };
            Try(name, () =>
            {
                if (Confirmed(name, "New-BridgeNetwork", () => Engine.DescribeCreateNetwork(request)))
                    WriteObject(Engine.CreateNetwork(request, Context));
            });
        }
    }

    private Dictionary<string, string> Labels() => (Label ?? []).Cast<DictionaryEntry>()
        .ToDictionary(entry => entry.Key.ToString() ?? "", entry => entry.Value?.ToString() ?? "");
}
