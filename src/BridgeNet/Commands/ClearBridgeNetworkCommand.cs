using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Removes all networks that no container is on, as <c>docker network prune</c> does.</summary>
/// <remarks>
/// The predefined networks stay, and so do configurations that others were made from. It asks first, unless -Confirm:$false or -Force is given.
/// </remarks>
/// <example><code>Clear-BridgeNetwork -WhatIf</code>Shows which networks would go.</example>
/// <example><code>Get-BridgeNetwork lab-* | Clear-BridgeNetwork -Force</code>Removes those of some that no container is on.</example>
/// <example><code>Clear-BridgeNetwork -Label env=test -OlderThan 1.00:00:00 -Force</code>
/// Removes those with a label that were made more than a day ago.</example>
[Cmdlet(VerbsCommon.Clear, "BridgeNetwork", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(BridgeNetwork))]
public sealed class ClearBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly HashSet<string> _ids = [];

    /// <summary>Only those of these: names with wildcards, ids, prefixes of ids, or networks. All without it.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[]? Name { get; set; }

    /// <summary>Only those with all of these labels, as 'key', 'key=value' or @{ key = 'value' }; with '!' in front, only those without.</summary>
    [Parameter]
    [TextFilter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(LabelCompleter))]
    public string[] Label { get; set; } = [];

    /// <summary>Only those made longer ago than this.</summary>
    [Parameter]
    public TimeSpan OlderThan { get; set; }

    /// <summary>Do not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Write the networks that were removed to the pipeline.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => ForEach(Name, given => Lookup.Networks(given), network => _ids.Add(network.Id));

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
                string[] labels = Given(Label);
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
