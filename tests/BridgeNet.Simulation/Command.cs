using BridgeNet.Changes;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Services;

namespace BridgeNet.Simulation;

/// <summary>One command of a user.</summary>
internal abstract record Command
{
    /// <summary>Whether it is made as a whole or not at all; else some of its items may be refused and the others made.</summary>
    public virtual bool IsAtomic() => true;

    /// <summary>Runs it.</summary>
    public abstract void Run(Session session, ChangeContext context);
}

/// <summary>What is special about a network.</summary>
internal enum NetworkKind
{
    Plain,
    Internal,
    DualStack,
    Narrow,
    Separated,
    Guarded,
    Routed,

    /// <summary>On a bridge that an admin made.</summary>
    Adopted,
}

/// <summary><c>New-BridgeNetwork</c></summary>
internal sealed record NewNetwork(string Name, NetworkKind Kind = NetworkKind.Plain) : Command
{
    /// <inheritdoc/>
    public override void Run(Session session, ChangeContext context) =>
        session.CreateNetwork(
            new NetworkRequest(Name)
            {
                Internal = Kind == NetworkKind.Internal,
                EnableIPv6 = Kind == NetworkKind.DualStack,
                Options = Kind switch
                {
                    NetworkKind.Narrow => new() { [NetworkOptions.Mtu] = "1400" },
                    NetworkKind.Separated => new() { [NetworkOptions.EnableIcc] = "false" },
                    NetworkKind.Guarded => new() { [NetworkOptions.AntiSpoof] = "true" },
                    NetworkKind.Adopted => new() { [NetworkOptions.BridgeName] = World.AdminsBridge },
                    NetworkKind.Routed => new() { ["com.docker.network.bridge.gateway_mode_ipv4"] = "routed" },
                    _ => new Dictionary<string, string>(),
                },
            },
            context
        );
}

/// <summary><c>Set-BridgeNetwork</c></summary>
internal sealed record SetNetwork(string Name, NetworkKind Kind) : Command
{
    /// <inheritdoc/>
    public override void Run(Session session, ChangeContext context) =>
        session.SetNetwork(
            new NetworkSettings(Name)
            {
                Internal = Kind == NetworkKind.Internal,
                Options = new Dictionary<string, string>
                {
                    [NetworkOptions.Mtu] = Kind == NetworkKind.Narrow ? "1400" : "1500",
                    [NetworkOptions.EnableIcc] = Kind == NetworkKind.Separated ? "false" : "true",
                    [NetworkOptions.AntiSpoof] = Kind == NetworkKind.Guarded ? "true" : "false",
                },
            },
            context
        );
}

/// <summary><c>Remove-BridgeNetwork -Force</c>, of several in one pipeline.</summary>
internal sealed record RemoveNetworks(params string[] Names) : Command
{
    /// <inheritdoc/>
    public override bool IsAtomic() => Names.Length == 1;

    /// <inheritdoc/>
    public override void Run(Session session, ChangeContext context) =>
        Refusal.ThrowIfAny(session.RemoveNetworks(Names, force: true, context));

    /// <inheritdoc/>
    public override string ToString() => $"RemoveNetworks {{ {string.Join(", ", Names)} }}";
}

/// <summary><c>New-BridgeContainer</c></summary>
internal sealed record NewContainer(string Name, string? Network = null, bool Publishes = false) : Command
{
    /// <inheritdoc/>
    public override void Run(Session session, ChangeContext context) =>
        session.CreateContainer(
            new ContainerRequest(Name)
            {
                Network = Network is null ? null : new EndpointRequest(Network) { Publish = Publishes ? ["8080:80"] : [] },
            },
            context
        );
}

/// <summary><c>Remove-BridgeContainer</c>, of several in one pipeline.</summary>
internal sealed record RemoveContainers(params string[] Names) : Command
{
    /// <inheritdoc/>
    public override bool IsAtomic() => Names.Length == 1;

    /// <inheritdoc/>
    public override void Run(Session session, ChangeContext context) => Refusal.ThrowIfAny(session.RemoveContainers(Names, context));

    /// <inheritdoc/>
    public override string ToString() => $"RemoveContainers {{ {string.Join(", ", Names)} }}";
}

/// <summary><c>Rename-BridgeContainer</c></summary>
internal sealed record RenameContainer(string Name, string NewName) : Command
{
    /// <inheritdoc/>
    public override void Run(Session session, ChangeContext context) => session.RenameContainer(Name, NewName, context);
}

/// <summary><c>Connect-BridgeNetwork</c></summary>
internal sealed record ConnectNetwork(string Network, string Container) : Command
{
    /// <inheritdoc/>
    public override void Run(Session session, ChangeContext context) =>
        session.Connect(new EndpointRequest(Network), new ContainerReference { Name = Container }, context);
}

/// <summary><c>Disconnect-BridgeNetwork</c></summary>
internal sealed record DisconnectNetwork(string Network, string Container) : Command
{
    /// <inheritdoc/>
    public override void Run(Session session, ChangeContext context) =>
        Refusal.ThrowIfAny(session.Disconnect([new Membership(Network, Container)], context));
}

/// <summary><c>Publish-BridgePort</c></summary>
internal sealed record PublishPort(string Container, int HostPort) : Command
{
    /// <inheritdoc/>
    public override void Run(Session session, ChangeContext context) => session.Publish(Container, null, [$"{HostPort}:80/udp"], context);
}

/// <summary><c>Unpublish-BridgePort</c>, of all ports of a container.</summary>
internal sealed record UnpublishPorts(string Container) : Command
{
    /// <inheritdoc/>
    public override void Run(Session session, ChangeContext context)
    {
        PortRow[] ports = [.. session.GetPorts().Where(port => port.ContainerName == Container)];
        if (ports.Length > 0)
            session.Unpublish(ports, context);
    }
}

/// <summary><c>Export-BridgeNetwork</c>, <c>Clear-BridgeNetwork</c> and <c>Import-BridgeNetwork</c> of the same document.</summary>
internal sealed record Rebuild : Command
{
    /// <inheritdoc/>
    public override bool IsAtomic() => false;

    /// <inheritdoc/>
    public override void Run(Session session, ChangeContext context)
    {
        string document = session.Export(null);
        Refusal.ThrowIfAny(session.RemoveContainers([.. session.GetContainers().Select(static container => container.Name)], context));
        Refusal.ThrowIfAny(
            session.RemoveNetworks(
                [.. session.GetNetworks().Where(static network => !network.IsPredefined).Select(static network => network.Name)],
                force: true,
                context
            )
        );
        session.Import(document, context);
    }
}

/// <summary><c>Repair-BridgeNetwork</c></summary>
internal sealed record RepairAll : Command
{
    /// <inheritdoc/>
    public override bool IsAtomic() => false;

    /// <inheritdoc/>
    public override void Run(Session session, ChangeContext context) => Refusal.ThrowIfAny(session.Repair(null, context).Problems);
}

/// <summary>What the cmdlets do with problems that are of some items only.</summary>
internal static class Refusal
{
    /// <summary>Throws problems.</summary>
    public static void ThrowIfAny(IReadOnlyList<Problem> problems)
    {
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
    }
}
