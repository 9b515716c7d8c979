using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Drivers;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Changes settings of networks in use.</summary>
/// <param name="runner">Runs the changes.</param>
/// <param name="planner">Plans their operations.</param>
/// <param name="host">The host.</param>
internal sealed class SettingsService(ChangeRunner runner, ChangePlanner planner, OpenHost host)
{
    /// <summary>Changes settings of a network in use, its rules in one transaction.</summary>
    /// <exception cref="BridgeNetException">All problems together; nothing is changed.</exception>
    public NetworkRow Set(NetworkSettings settings, ChangeContext context) =>
        runner
            .Make(
                state => PlanSet(state, settings, context),
                static (state, changed, _) =>
                {
                    state.Put(changed.Network);
                    foreach (EndpointRow endpoint in changed.Endpoints)
                        state.Put(endpoint);
                },
                context
            )
            .Network;

    /// <summary>The commands of <see cref="Set"/>; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeSet(NetworkSettings settings, ChangeContext context) =>
        runner.Describe(state => PlanSet(state, settings, context), context);

    private (Change, ChangedNetwork) PlanSet(IStateReader state, NetworkSettings settings, ChangeContext context)
    {
        NetworkRow before = StateLookup.FindNetwork(state, settings.Network);
        if (NameRules.Predefined.Contains(before.Name))
            throw new BridgeNetException(
                ErrorIds.PredefinedNetwork,
                ProblemCategory.InvalidOperation,
                $"'{before.Name}' is a predefined network and cannot be changed; create a network of your own.",
                before.Name
            );
        NetworkRow after = Apply(state, before, settings, context);
        INetworkDriver driver = host.Desired.Drivers.Of(before);
        EndpointRow[] old = [.. state.Endpoints(networkId: before.Id)];
        EndpointRow[] now =
        [
            .. old.Select(endpoint => GatewayChoice.Of(driver, after, endpoint) with { Ports = PortsAfter(after, endpoint, context) }),
        ];
        ContainerRow[] containers = [.. old.Select(endpoint => StateLookup.FindContainer(state, endpoint.ContainerId))];
        // Hosts files may contain the gateway.
        bool otherGateway = old.Zip(now)
            .Any(static pair =>
                !Equals(pair.First.Gateway, pair.Second.Gateway) || !Equals(pair.First.IPv6Gateway, pair.Second.IPv6Gateway)
            );
        NameChange? naming = otherGateway ? new() { Gone = old, Added = now } : null;
        Change change = planner.Plan(state, Slice(before, old, containers), Slice(after, now, containers), naming);
        return (change, new ChangedNetwork(after, now));
    }

    private static StateSlice Slice(NetworkRow network, EndpointRow[] endpoints, ContainerRow[] containers)
    {
        ContainerRow[] complete =
        [
            .. containers.Zip(
                endpoints,
                static (container, endpoint) =>
                    container with
                    {
                        Endpoints = [.. container.Endpoints.Select(other => other.EndpointId == endpoint.EndpointId ? endpoint : other)],
                    }
            ),
        ];
        return new()
        {
            Networks = [new(network, endpoints)],
            Endpoints = [.. endpoints.Zip(complete, (endpoint, container) => new EndpointSlice(endpoint, network, container))],
            Containers = complete,
        };
    }

    /// <summary>The network with changed settings; refuses with all problems together.</summary>
    private NetworkRow Apply(IStateReader state, NetworkRow network, NetworkSettings settings, ChangeContext context)
    {
        NetworkDrivers drivers = host.Desired.Drivers;
        INetworkDriver? driver = network.ConfigOnly ? null : drivers.Of(network);
        List<Problem> problems = [];
        foreach (
            string key in settings.Options.Keys.Where(key =>
                !(drivers.Option(driver, key)?.IsLive ?? !key.StartsWith("com.docker.network.", StringComparison.Ordinal))
                && network.Options.GetValueOrDefault(key) != settings.Options[key]
            )
        )
        {
            problems.Add(
                new(
                    ErrorIds.InvalidOption,
                    ProblemCategory.InvalidOperation,
                    $"The option {key} is fixed at creation, because endpoints depend on it; remove '{network.Name}' and create it again.",
                    network.Name
                )
            );
        }
        NameRules.CheckLabels(settings.Labels, network.Name, problems);
        Dictionary<string, string> options = new(network.Options);
        foreach ((string key, string value) in settings.Options)
            options[key] = value;
        bool isInternal = settings.Internal ?? network.Internal;
        drivers.CheckOptions(driver, options, isInternal, network.EnableIPv6, problems, context.Warning, network.Name);
        Dictionary<string, string> labels = new(network.Labels);
        foreach (string key in settings.RemoveLabels)
            labels.Remove(key);
        foreach ((string key, string value) in settings.Labels)
            labels[key] = value;
        int mtu =
            settings.Options.ContainsKey(NetworkOptions.Mtu) && NetworkOptions.MtuOf(options) is > 0 and int asked ? asked : network.Mtu;
        NetworkRow after = network with { Labels = labels, Options = options, Internal = isInternal, Mtu = mtu };
        if (driver is not null)
            after = driver.Change(network, after, host.View(state), problems);
        return problems.Count > 0 ? throw new BridgeNetException(problems) : after;
    }

    /// <summary>The ports of an endpoint after the change: none on an internal network, and without host ports on a routed one.</summary>
    private static IReadOnlyList<PortRow> PortsAfter(NetworkRow network, EndpointRow endpoint, ChangeContext context)
    {
        if (network.Internal && endpoint.Ports.Count > 0)
        {
            context.Warning(
                $"Network '{network.Name}' is internal now: the ports of '{endpoint.ContainerName}' are no longer published ({string.Join(", ", endpoint.Ports)})."
            );
            return [];
        }
        bool Routed(PortRow port) => network.Mode(port.HostAddress.AddressFamily) == GatewayMode.Routed;
        PortRow[] left = [.. endpoint.Ports.Where(port => port.HostPort > 0 && Routed(port))],
            closed = [.. endpoint.Ports.Where(port => port.HostPort == 0 && !Routed(port))];
        if (left.Length > 0)
            context.Warning(
                $"Network '{network.Name}' is routed now: '{endpoint.ContainerName}' is reached at its own address, and no longer at the host's ({string.Join(", ", left)})."
            );
        if (closed.Length > 0)
            context.Warning(
                $"Network '{network.Name}' is no longer routed: ports of '{endpoint.ContainerName}' that were open at its own address are closed ({string.Join(", ", closed)}); publish them at ports of the host."
            );
        return [.. endpoint.Ports.Except(closed).Select(port => Routed(port) ? port with { HostPort = 0 } : port).Distinct()];
    }

    private sealed record ChangedNetwork(NetworkRow Network, IReadOnlyList<EndpointRow> Endpoints);
}
