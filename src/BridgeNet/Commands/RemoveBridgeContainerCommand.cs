using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Removes containers with their endpoints; a namespace that somebody else made stays. All that one pipeline brings go in one change.</summary>
/// <remarks>
/// Programs that run in the namespace are not ended.
/// </remarks>
/// <example><code>Remove-BridgeContainer c1</code>Removes one, with its endpoints.</example>
/// <example><code>Get-BridgeContainer | Remove-BridgeContainer</code>Removes all.</example>
[Cmdlet(VerbsCommon.Remove, "BridgeContainer", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
public sealed class RemoveBridgeContainerCommand : BridgeNetCmdlet
{
    private readonly List<string> _names = [];

    /// <summary>Names with wildcards, ids, or prefixes of ids.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string name in Name)
        {
            WildcardPattern pattern = new(name, WildcardOptions.IgnoreCase);
            Try(name, () =>
            {
                string[] targets = HasWildcard(name)
                    ? [.. Engine.GetContainers().Select(container => container.Name).Where(pattern.IsMatch)]
                    : [Engine.FindContainer(name).Name];
                foreach (string target in targets)
                    Collect(target);
            });
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_names.Count > 0)
            Try(null, () => WriteProblems(Engine.RemoveContainers(_names, Context)));
    }

    private void Collect(string container) => Try(container, () =>
    {
        if (!_names.Contains(container) && Confirmed(container, "Remove-BridgeContainer", () => Engine.DescribeRemoveContainers([container])))
            _names.Add(container);
    });
}
