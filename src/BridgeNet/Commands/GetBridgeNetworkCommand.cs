using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;
using BridgeNet.Services;

namespace BridgeNet.Commands;

/// <summary>Lists networks, as <c>docker network ls</c> and <c>docker network inspect</c> do.</summary>
/// <remarks>
/// An exact name that does not exist is an error; a wildcard that matches nothing is not.
/// </remarks>
/// <example><code>Get-BridgeNetwork</code>Lists all networks, including the predefined ones.</example>
/// <example><code>Get-BridgeNetwork web* | Format-List</code>Shows all properties of some networks.</example>
/// <example><code>Get-BridgeContainer c1 | Get-BridgeNetwork</code>Lists the networks of a container.</example>
/// <example><code>Get-BridgeNetwork web -AsJson | ConvertFrom-Json</code>Prints the JSON of docker network inspect.</example>
/// <example><code>Get-BridgeNetwork -Unused -Label env=test | Remove-BridgeNetwork</code>Removes the unused networks with a
/// label.</example>
/// <example><code>Get-BridgeNetwork | Where-Object Driver -eq bridge | Select-Object Name, Subnet, Gateway | ConvertTo-Csv</code>
/// Converts the bridge networks to CSV.</example>
[Cmdlet(VerbsCommon.Get, "BridgeNetwork")]
[OutputType(typeof(BridgeNetwork), typeof(string))]
public sealed class GetBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly HashSet<string> _written = [];
    private readonly List<NetworkRow> _inspected = [];

    /// <summary>Names with wildcards, ids, prefixes of ids, or objects; for a container, its networks. All networks by default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[]? Name { get; set; }

    /// <summary>Only networks with one of these id prefixes.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public PSObject[]? Id { get; set; }

    /// <summary>Only networks of these drivers: bridge, host or null.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(AnyDriverCompleter))]
    public string[]? Driver { get; set; }

    /// <summary>Only networks with all of these labels, as 'key', 'key=value' or @{ key = 'value' }.</summary>
    [Parameter]
    [TextFilter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LabelCompleter))]
    public string[]? Label { get; set; }

    /// <summary>Only networks of this scope; all are local.</summary>
    [Parameter]
    public string? Scope { get; set; }

    /// <summary>Only user-defined networks (Custom), or predefined ones (Builtin).</summary>
    [Parameter]
    public NetworkType? Type { get; set; }

    /// <summary>Only user-defined networks without endpoints.</summary>
    [Parameter]
    [Alias("Dangling")]
    public SwitchParameter Unused { get; set; }

    /// <summary>Print the JSON of docker network inspect: one array with all networks.</summary>
    [Parameter]
    public SwitchParameter AsJson { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Name is null)
        {
            Try(
                null,
                () =>
                {
                    foreach (NetworkRow network in Engine.GetNetworks())
                        Write(network);
                }
            );
        }
        else
        {
            ForEach(Name, given => Lookup.RelatedNetworks(given, _written), Write);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (AsJson)
            WriteObject(InspectJson.Write(_inspected));
    }

    // Each object once, even if several given objects lead to it.
    private void Write(NetworkRow network)
    {
        if (!Wanted(network) || !_written.Add(network.Id))
            return;
        if (AsJson)
            _inspected.Add(network);
        else
            WriteObject(network.ToObject());
    }

    private bool Wanted(NetworkRow network)
    {
        bool custom = !network.IsPredefined;
        return (
                Id is null
                || GivenObject.Read(Id).Any(given => network.Id.StartsWith(given.Id ?? given.Text, StringComparison.OrdinalIgnoreCase))
            )
            && (Driver?.Contains(network.Driver, StringComparer.OrdinalIgnoreCase) ?? true)
            && (Label?.All(network.HasLabel) ?? true)
            && (Scope is null || string.Equals(network.Scope, Scope, StringComparison.OrdinalIgnoreCase))
            && (Type is null || custom == (Type == NetworkType.Custom))
            && (!Unused || (custom && network.Containers.Count == 0));
    }
}

/// <summary>The origin of a network.</summary>
public enum NetworkType
{
    /// <summary>User-defined: created by New-BridgeNetwork.</summary>
    Custom,

    /// <summary>Predefined, always present: bridge, host, none.</summary>
    Builtin,
}
