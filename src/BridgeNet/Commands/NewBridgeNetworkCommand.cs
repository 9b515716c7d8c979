using System.Collections;
using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Engine;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Makes a network, as <c>docker network create</c> does.</summary>
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
