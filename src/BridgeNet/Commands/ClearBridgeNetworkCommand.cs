using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Removes all unused networks, as <c>docker network prune</c> does.</summary>
/// <remarks>
/// A network is unused when it has no endpoints. The predefined networks stay, and so do configurations that networks use. The command asks
/// first, unless -Confirm:$false or -Force is given.
/// </remarks>
/// <example><code>Clear-BridgeNetwork -WhatIf</code>Shows which networks would be removed.</example>
/// <example><code>Get-BridgeNetwork lab-* | Clear-BridgeNetwork -Force</code>Removes the unused networks among those.</example>
/// <example><code>Clear-BridgeNetwork -Label env=test -OlderThan 1.00:00:00 -Force</code>
/// Removes the unused networks with a label that are older than a day.</example>
[Cmdlet(VerbsCommon.Clear, "BridgeNetwork", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(BridgeNetwork))]
public sealed class ClearBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly HashSet<string> _ids = [];

    /// <summary>Only these networks: names with wildcards, ids, prefixes of ids, or networks; all networks by default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[]? Name { get; set; }

    /// <summary>
    /// Only networks with all of these labels, as 'key', 'key=value' or @{ key = 'value' }; with '!' in front, only networks without the
    /// label.
    /// </summary>
    [Parameter]
    [TextFilter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LabelCompleter))]
    public string[] Label { get; set; } = [];

    /// <summary>Only networks created longer ago than this.</summary>
    [Parameter]
    public TimeSpan OlderThan { get; set; }

    /// <summary>Do not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Write the removed networks to the pipeline.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEach(Name, Lookup.Networks, network => _ids.Add(network.Id));

    /// <inheritdoc/>
    protected override void EndProcessing() =>
        Try(
            null,
            () =>
            {
                IReadOnlyList<NetworkRow> all = Engine.GetNetworks();
                HashSet<string> sources = [.. all.Select(static network => network.ConfigFrom)];
                DateTimeOffset latest = DateTimeOffset.UtcNow - OlderThan;
                List<NetworkRow> chosen = [];
                bool any = NothingGiven(nameof(Name));
                string[] labels = NonEmpty(Label);
                foreach (
                    NetworkRow network in all.Where(network =>
                        (any || _ids.Contains(network.Id))
                        && !network.IsPredefined
                        && network.Containers.Count == 0
                        && !sources.Contains(network.Name)
                        && network.Created <= latest
                        && labels.All(label => label.StartsWith('!') ? !network.HasLabel(label[1..]) : network.HasLabel(label))
                    )
                )
                {
                    Try(
                        network.Name,
                        () =>
                        {
                            if (
                                Confirmed(
                                    network.Name,
                                    "Clear-BridgeNetwork",
                                    () => Engine.DescribeRemoveNetworks([network.Id], force: false),
                                    Force
                                )
                            )
                                chosen.Add(network);
                        }
                    );
                }
                if (chosen.Count == 0)
                    return;
                IReadOnlyList<Problem> refused = Engine.RemoveNetworks(
                    [.. chosen.Select(static network => network.Id)],
                    force: false,
                    Context
                );
                WriteProblems(refused);
                if (PassThru)
                    WriteObject(
                        chosen
                            .Where(network => refused.All(problem => !Equals(problem.Target, network.Name)))
                            .Select(static network => network.ToObject()),
                        enumerateCollection: true
                    );
            }
        );
}
