using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;
using BridgeNet.Services;

namespace BridgeNet.Commands;

/// <summary>Lists networks, as <c>docker network ls</c> and <c>docker network inspect</c> do.</summary>
/// <remarks>
/// An exact name that is not there is an error; a wildcard that matches nothing is not.
/// </remarks>
/// <example><code>Get-BridgeNetwork</code>Lists all networks, with the predefined ones.</example>
/// <example><code>Get-BridgeNetwork web* | Format-List</code>Shows all there is to know of some.</example>
/// <example><code>Get-BridgeContainer c1 | Get-BridgeNetwork</code>Lists the networks that a container is on.</example>
/// <example><code>Get-BridgeNetwork web -AsJson | ConvertFrom-Json</code>Gives what docker network inspect prints.</example>
/// <example><code>Get-BridgeNetwork -Unused -Label env=test | Remove-BridgeNetwork</code>Removes those with a label that nothing is on.</example>
/// <example><code>Get-BridgeNetwork | Where-Object Driver -eq bridge | Select-Object Name, Subnet, Gateway | ConvertTo-Csv</code>
/// Makes a file of them.</example>
[Cmdlet(VerbsCommon.Get, "BridgeNetwork")]
[OutputType(typeof(BridgeNetwork), typeof(string))]
public sealed class GetBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly HashSet<string> _written = [];
    private readonly List<NetworkRow> _inspected = [];

    /// <summary>Names with wildcards, ids, prefixes of ids, or objects; of a container, the networks it is on. All networks without it.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[]? Name { get; set; }

    /// <summary>Only those whose ids begin so.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public PSObject[]? Id { get; set; }

    /// <summary>Only those of these drivers: bridge, host or null.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(AnyDriverCompleter))]
    public string[]? Driver { get; set; }

    /// <summary>Only those with all of these labels, as 'key', 'key=value' or @{ key = 'value' }.</summary>
    [Parameter]
    [TextFilter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LabelCompleter))]
    public string[]? Label { get; set; }

    /// <summary>Only those of this scope; all are local.</summary>
    [Parameter]
    public string? Scope { get; set; }

    /// <summary>Only those that were made (Custom), or the predefined ones (Builtin).</summary>
    [Parameter]
    public NetworkType? Type { get; set; }

    /// <summary>Only those that were made and that no container is on.</summary>
    [Parameter]
    [Alias("Dangling")]
    public SwitchParameter Unused { get; set; }

    /// <summary>Print what docker network inspect prints: one JSON array with all of them.</summary>
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

    // Once, however many of what was given lead to it.
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
            && (Label?.All(label => network.HasLabel(label)) ?? true)
            && (Scope is null || string.Equals(network.Scope, Scope, StringComparison.OrdinalIgnoreCase))
            && (Type is null || custom == (Type == NetworkType.Custom))
            && (!Unused || (custom && network.Containers.Count == 0));
    }
}

/// <summary>Who made a network.</summary>
public enum NetworkType
{
    /// <summary>Somebody, by New-BridgeNetwork.</summary>
    Custom,

    /// <summary>It is always there: bridge, host, none.</summary>
    Builtin,
}
