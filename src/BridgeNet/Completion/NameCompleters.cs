using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using BridgeNet.Model;

namespace BridgeNet.Completion;

/// <summary>Completes existing names; it offers none if the state cannot be read.</summary>
public abstract class NameCompleter : IArgumentCompleter
{
    /// <summary>The existing names, independent of other typed parameters.</summary>
    private protected virtual IEnumerable<(string Name, string ToolTip)> Names(Session engine) => [];

    /// <summary>The existing names, depending on other typed parameters.</summary>
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
                .. Names(WarmSessions.Current(), fakeBoundParameters)
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

/// <summary>Completes drivers of existing networks.</summary>
public sealed class AnyDriverCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) =>
        Session.Drivers.Select(static driver => (driver.Name, driver.Description));
}

/// <summary>Completes drivers of networks that can be created.</summary>
public sealed class DriverCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) =>
        Session.Drivers.Where(static driver => driver.CanBeCreated).Select(static driver => (driver.Name, driver.Description));
}

/// <summary>Completes interfaces of the host.</summary>
public sealed class ParentCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) => engine.GetParents();
}

/// <summary>Completes how containers on one parent reach each other.</summary>
public sealed class MacvlanModeCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) =>
        [
            ("bridge", "Directly"),
            ("private", "Not at all"),
            ("vepa", "Through the switch behind the parent, if it sends frames back"),
            ("passthru", "There is only one container, with the parent's MAC address"),
        ];
}

/// <summary>Completes how ipvlan interfaces find what is outside.</summary>
public sealed class IpvlanModeCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) =>
        [
            ("l2", "As neighbours on the network of the parent"),
            ("l3", "By routes to this host, without broadcasts"),
            ("l3s", "As l3, through the host's connection tracking and firewall"),
        ];
}

/// <summary>Completes how ipvlan interfaces on one parent reach each other.</summary>
public sealed class IpvlanFlagCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) =>
        [("bridge", "Directly"), ("private", "Not at all"), ("vepa", "Through the switch behind the parent, if it sends frames back")];
}

/// <summary>Completes keys of driver options.</summary>
public sealed class OptionKeyCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) =>
        Session.OptionKeys.Select(static key => ($"{key}=", "Docker's key"));
}

/// <summary>Completes configuration networks.</summary>
public sealed class ConfigurationCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) =>
        engine
            .GetNetworks()
            .Where(static network => network.ConfigOnly)
            .Select(static network => (network.Name, $"{network.ShortId} {string.Join(", ", network.IPAM.Config)}"));
}

/// <summary>Completes labels of existing networks.</summary>
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

/// <summary>Completes label keys of the typed network.</summary>
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

/// <summary>Completes published ports of the typed container.</summary>
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

/// <summary>Completes boolean values.</summary>
public sealed class TruthCompleter : NameCompleter
{
    private protected override IEnumerable<(string Name, string ToolTip)> Names(Session engine) => [("$true", "Yes"), ("$false", "No")];
}
