using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Removes networks, as <c>docker network rm</c> does; one pipeline is one change.</summary>
/// <remarks>
/// A network in use is refused, with the names of its containers, unless -Force is given; a refused network does not stop the others. The
/// predefined networks stay. With -Force, a network that does not exist is no error, as with docker network rm -f.
/// </remarks>
/// <example><code>Remove-BridgeNetwork web</code>Removes a network.</example>
/// <example><code>Get-BridgeNetwork test_* | Remove-BridgeNetwork -Force</code>
/// Removes all networks with this name prefix; containers are disconnected first, and stay.</example>
[Cmdlet(VerbsCommon.Remove, "BridgeNetwork", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
public sealed class RemoveBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly List<string> _ids = [];

    /// <summary>Names with wildcards, ids, prefixes of ids, or networks.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[] Name { get; set; } = [];

    /// <summary>Disconnect the containers first, and report no error for a network that does not exist.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEach(Name, Find, Collect);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_ids.Count > 0)
            Try(null, () => WriteProblems(Engine.RemoveNetworks(_ids, Force, Context)));
    }

    private IEnumerable<NetworkRow> Find(GivenObject given)
    {
        try
        {
            // A wildcard matches only removable networks; by exact name, the others are refused.
            return Lookup.Networks(given).Where(network => !given.IsWildcard || !network.IsPredefined);
        }
        catch (BridgeNetException missing)
            when (Force && missing.Problems.All(static problem => problem.ErrorId == ErrorIds.NetworkNotFound))
        {
            return [];
        }
    }

    private void Collect(NetworkRow network) =>
        Try(
            network.Name,
            () =>
            {
                if (
                    !_ids.Contains(network.Id)
                    && Confirmed(network.Name, "Remove-BridgeNetwork", () => Engine.DescribeRemoveNetworks([network.Id], Force))
                )
                    _ids.Add(network.Id);
            }
        );
}
