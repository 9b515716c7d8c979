using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using BridgeNet.Model;
using BridgeNet.Services;

namespace BridgeNet.Completion;

/// <summary>Completes names from what there is; a machine where nothing can be read completes nothing.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    /// <summary>What there is, whatever else was typed.</summary>
    private protected virtual IEnumerable<(string Name, string ToolTip)> Names(Session engine) => [];

    /// <summary>What there is, where it depends on what else was typed.</summary>
    private protected virtual IEnumerable<(string Name, string ToolTip)> Names(Session engine, IDictionary typed) => Names(engine);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters
    )
    {
        WildcardPattern pattern = new(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        try
        {
            return
            [
                .. Names(Session.Current(), fakeBoundParameters)
                    .Where(item => pattern.IsMatch(item.Name))
                    .Select(item => new CompletionResult(item.Name, item.Name, CompletionResultType.ParameterValue, item.ToolTip)),
            ];
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
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) =>
        engine
            .GetNetworks()
            .Select(static network => (network.Name, $"{network.ShortId} {network.Driver} {string.Join(", ", network.IPAM.Config)}"));
}

/// <summary>Completes names of containers.</summary>
public sealed class ContainerNameCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) =>
        engine
            .GetContainers()
            .Select(container =>
                (
                    container.Name,
                    $"{container.ShortId} {string.Join(", ", container.Endpoints.Select(static endpoint => endpoint.NetworkName))}"
                )
            );
}

/// <summary>Completes drivers of networks that there are.</summary>
public sealed class AnyDriverCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) =>
        Session.Drivers.Select(static driver => (driver.Name, driver.Description));
}

/// <summary>Completes drivers of networks that can be made.</summary>
public sealed class DriverCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) =>
        Session.Drivers.Where(static driver => driver.CanBeCreated).Select(static driver => (driver.Name, driver.Description));
}

/// <summary>Completes keys of driver options.</summary>
public sealed class OptionKeyCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) =>
        Session.OptionKeys.Select(static key => ($"{key}=", "Docker's key"));
}

/// <summary>Completes networks that are only configurations.</summary>
public sealed class ConfigurationCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) =>
        engine
            .GetNetworks()
            .Where(static network => network.ConfigOnly)
            .Select(static network => (network.Name, $"{network.ShortId} {string.Join(", ", network.IPAM.Config)}"));
}

/// <summary>Completes labels that networks have.</summary>
public sealed class LabelCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) =>
        engine
            .GetNetworks()
            .SelectMany(static network => network.Labels)
            .Select(static label => ($"{label.Key}={label.Value}", "A label"))
            .Distinct()
            .OrderBy(static label => label.Item1, StringComparer.Ordinal);
}

/// <summary>Completes keys of the labels of the network that was typed.</summary>
public sealed class LabelKeyCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine, IDictionary typed) =>
        engine
            .GetNetworks()
            .Where(network => typed["Name"] is not string name || name == network.Name)
            .SelectMany(static network => network.Labels.Keys)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(static key => (key, "A label"));
}

/// <summary>Completes the published ports of the container that was typed.</summary>
public sealed class PublishedPortCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine, IDictionary typed) =>
        engine
            .GetPorts()
            .Where(port => typed["Container"] is not string name || name == port.ContainerName)
            .GroupBy(static port => port.ContainerPort)
            .OrderBy(static group => group.Key)
            .Select(group => ($"{group.Key}", string.Join(", ", group)));
}

/// <summary>Completes truth values.</summary>
public sealed class TruthCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) => [("$true", "Yes"), ("$false", "No")];
}
