using BridgeNet.Changes;
using BridgeNet.Containers;
using BridgeNet.Model;
using BridgeNet.Requests;
using BridgeNet.Services;
using Xunit;

namespace BridgeNet.Kernel.Tests.Features;

/// <summary>Changes and questions in few words.</summary>
internal static class Making
{
    private static readonly ChangeContext s_context = new();

    public static NetworkRow Make(this Session engine, NetworkRequest network) => engine.CreateNetwork(network, s_context);

    public static ContainerRow Start(this Session engine, string container, EndpointRequest? network = null) =>
        engine.CreateContainer(new ContainerRequest(container) { Network = network }, s_context);

    public static EndpointRow Join(this Session engine, string container, EndpointRequest network) =>
        engine.Connect(network, new ContainerReference { Name = container }, s_context);

    public static void Leave(this Session engine, string container, string network) =>
        Assert.Empty(engine.Disconnect([new Membership(network, container)], s_context));

    public static void Change(this Session engine, NetworkSettings settings) => engine.SetNetwork(settings, s_context);

    /// <summary>Sets one driver option of a network.</summary>
    public static void Change(this Session engine, string network, string key, string value) =>
        engine.Change(new NetworkSettings(network) { Options = new Dictionary<string, string> { [key] = value } });

    public static void Remove(this Session engine, params string[] networks) =>
        Assert.Empty(engine.RemoveNetworks(networks, force: true, s_context));

    /// <summary>Whether an address answers a container's single packet: a wait that a busy machine keeps.</summary>
    public static bool Pings(this Session engine, string container, object address) =>
        engine.Pings(container, address, TimeSpan.FromSeconds(5));

    /// <summary>Whether an address does not answer a container: a short wait, for who is reached answers within a millisecond.</summary>
    public static bool Misses(this Session engine, string container, object address) =>
        !engine.Pings(container, address, TimeSpan.FromMilliseconds(300));

    /// <summary>What a program in a container prints.</summary>
    public static string Output(this Session engine, string container, string program, params string[] arguments)
    {
        List<string> lines = [];
        Assert.Equal(0, engine.Run(container, program, arguments, "/", lines.Add, lines.Add, TestContext.Current.CancellationToken));
        return string.Join('\n', lines);
    }

    /// <summary>A kernel setting inside a container.</summary>
    public static string? SysctlIn(this Session engine, string container, string key)
    {
        using NetworkNamespace space = NetworkNamespace.Open(engine.FindContainer(container).NetNSPath);
        return space.Run(() => Sysctl.Read(key));
    }

    private static bool Pings(this Session engine, string container, object address, TimeSpan patience) =>
        engine.TestConnection(container, $"{address}", 0, 1, patience, TestContext.Current.CancellationToken).Reachable;

    /// <summary>The one problem that a change is refused for.</summary>
    public static Problem Refused(Func<object?> change) => Assert.Single(Assert.Throws<BridgeNetException>(change).Problems);
}
