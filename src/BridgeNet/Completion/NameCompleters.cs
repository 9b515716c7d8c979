using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using BridgeNet.Engine;
using BridgeNet.Model;

namespace BridgeNet.Completion;

/// <summary>Completes names from what there is; a machine where nothing can be read completes nothing.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    private protected abstract IEnumerable<(string Name, string ToolTip)> Names(BridgeNetEngine engine);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        WildcardPattern pattern = new(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        try
        {
            return [.. Names(BridgeNetEngine.Current())
                .Where(item => pattern.IsMatch(item.Name))
                .Select(item => new CompletionResult(item.Name, item.Name, CompletionResultType.ParameterValue, item.ToolTip))];
        }
        catch (BridgeNetException)
        {
            return [];
        }
    }
}

/// <summary>Completes names of networks.</summary>
public sealed class NetworkNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(BridgeNetEngine engine) =>
        engine.GetNetworks().Select(network => (network.Name, $"{network.ShortId} {network.Driver} {network.Subnet}"));
}

/// <summary>Completes names of containers.</summary>
public sealed class ContainerNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(BridgeNetEngine engine) =>
        engine.GetContainers().Select(container => (container.Name, $"{container.ShortId} {string.Join(", ", container.Networks)}"));
}

/// <summary>Completes drivers of networks that there are.</summary>
public sealed class AnyDriverCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(BridgeNetEngine engine) =>
        [("bridge", "A bridge on this host"), ("host", "The host's own namespace"), ("null", "Loopback only, or a configuration")];
}

/// <summary>Completes drivers of networks that can be made.</summary>
public sealed class DriverCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(BridgeNetEngine engine) =>
        [("bridge", "A bridge on this host, with isolation from the others")];
}

/// <summary>Completes keys of driver options.</summary>
public sealed class OptionKeyCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(BridgeNetEngine engine) =>
        BridgeNetEngine.OptionKeys.Select(static key => ($"{key}=", "Docker's key"));
}
