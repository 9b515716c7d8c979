using System.Globalization;
using System.Net.Sockets;
using BridgeNet.Changes;
using BridgeNet.Desired;
using BridgeNet.Drivers;
using BridgeNet.Model;
using BridgeNet.Names;
using BridgeNet.Requests;
using BridgeNet.State;

namespace BridgeNet.Services;

/// <summary>Changes networks that are in use.</summary>
/// <param name="runner">Makes the changes.</param>
/// <param name="planner">Finds their operations.</param>
/// <param name="host">The host.</param>
internal sealed class SettingsService(ChangeRunner runner, ChangePlanner planner, OpenHost host)
{
    /// <summary>Changes what can change of a network in use, its rules in one transaction.</summary>
    /// <exception cref="BridgeNetException">Every reason that speaks against it, together; nothing is changed.</exception>
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

    /// <summary>What <see cref="Set"/> would do, in words; refuses for the same reasons.</summary>
    public IReadOnlyList<string> DescribeSet(NetworkSettings settings, ChangeContext context) =>
        runner.Describe(state => PlanSet(state, settings, context), context);

    private (Change, ChangedNetwork) PlanSet(IStateReader state, NetworkSettings settings, ChangeContext context)
    {
        NetworkRow before = StateLookup.FindNetwork(state, settings.Network);
        if (NameRules.Predefined.Contains(before.Name))
            throw new BridgeNetException(
                ErrorIds.PredefinedNetwork,
                ProblemCategory.InvalidOperation,
                $"'{before.Name}' is a predefined network and cannot be changed; make one with New-BridgeNetwork.",
                before.Name
            );
        NetworkRow after = Apply(state, before, settings, context);
        EndpointRow[] old = [.. state.Endpoints(networkId: before.Id)];
        EndpointRow[] now =
        [
            .. old.Select(endpoint =>
                endpoint with
                {
                    Gateway = DesiredEndpoint.Gateway(after, AddressFamily.InterNetwork),
                    IPv6Gateway = DesiredEndpoint.Gateway(after, AddressFamily.InterNetworkV6),
                    Ports = PortsAfter(after, endpoint, context),
                }
            ),
        ];
        ContainerRow[] containers = [.. old.Select(endpoint => StateLookup.FindContainer(state, endpoint.ContainerId))];
        // Hosts files may have the gateway in them.
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

    /// <summary>The network with its settings changed; refuses with all problems together.</summary>
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
                    $"The option {key} is fixed when a network is made, for its endpoints are built on it; remove '{network.Name}' and make it anew.",
                    network.Name
                )
            );
        }
        if (settings.Labels.ContainsKey(""))
            problems.Add(NetworkPlanner.NoLabelName(network.Name));
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

    /// <summary>The ports of an endpoint under other settings: none on an internal network, and none of the host on a routed one.</summary>
    private static IReadOnlyList<PortRow> PortsAfter(NetworkRow network, EndpointRow endpoint, ChangeContext context)
    {
        if (network.Internal && endpoint.Ports.Count > 0)
        {
            context.Warning(
                $"Network '{network.Name}' is internal now: the ports of '{endpoint.ContainerName}' are published no more ({string.Join(", ", endpoint.Ports)})."
            );
            return [];
        }
        bool Routed(PortRow port) => network.Mode(port.HostAddress.AddressFamily) == GatewayMode.Routed;
        PortRow[] left = [.. endpoint.Ports.Where(port => port.HostPort > 0 && Routed(port))],
            closed = [.. endpoint.Ports.Where(port => port.HostPort == 0 && !Routed(port))];
        if (left.Length > 0)
            context.Warning(
                $"Network '{network.Name}' is routed now: '{endpoint.ContainerName}' is reached at its own address, and at the host's no more ({string.Join(", ", left)})."
            );
        if (closed.Length > 0)
            context.Warning(
                $"Network '{network.Name}' is routed no more: ports of '{endpoint.ContainerName}' that were open at its own address are closed ({string.Join(", ", closed)}); publish them at ports of the host with Publish-BridgePort."
            );
        return [.. endpoint.Ports.Except(closed).Select(port => Routed(port) ? port with { HostPort = 0 } : port).Distinct()];
    }

    private sealed record ChangedNetwork(NetworkRow Network, IReadOnlyList<EndpointRow> Endpoints);
}
