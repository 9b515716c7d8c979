using System.Management.Automation;
using System.Reflection;
using BridgeNet.Model;

namespace BridgeNet.Binding;

/// <summary>
/// Adds the properties with nested objects. ConvertTo-Json reads the classes, and cuts properties deeper than two levels with a warning:
/// in the classes these properties are text. PowerShell elsewhere uses the properties that are added to the object itself, also in
/// ForEach-Object
/// -Parallel and thread jobs, where this module is not loaded.
/// </summary>
public static class NestedProperties
{
    private static readonly MethodInfo s_ipam = Getter(nameof(IPAM)),
        s_containers = Getter(nameof(Containers)),
        s_endpoints = Getter(nameof(Endpoints)),
        s_ports = Getter(nameof(Ports));

    /// <summary>A network as a user's object.</summary>
    internal static PSObject ToObject(this NetworkRow row) => new BridgeNetwork(row).With(s_ipam, s_containers);

    /// <summary>A container as a user's object.</summary>
    internal static PSObject ToObject(this ContainerRow row) => new BridgeContainer(row).With(s_endpoints, s_ports);

    /// <summary>An endpoint as a user's object.</summary>
    internal static PSObject ToObject(this EndpointRow row) => new BridgeEndpoint(row).With(s_ports);

    /// <summary>Subnets, gateways and ranges of a network.</summary>
    public static object IPAM(PSObject network) => ((BridgeNetwork)network.BaseObject).GetIpam();

    /// <summary>The endpoints on a network.</summary>
    public static object Containers(PSObject network) => WithPorts(((BridgeNetwork)network.BaseObject).GetContainers());

    /// <summary>The endpoints of a container.</summary>
    public static object Endpoints(PSObject container) => WithPorts(((BridgeContainer)container.BaseObject).GetEndpoints());

    /// <summary>The published ports of a container or an endpoint.</summary>
    public static object Ports(PSObject owner) =>
        owner.BaseObject is BridgeContainer container ? container.GetPorts() : ((BridgeEndpoint)owner.BaseObject).GetPorts();

    private static MethodInfo Getter(string name) => typeof(NestedProperties).GetMethod(name, [typeof(PSObject)])!;

    // Created on first use: most are never used.
    private static ObjectList<BridgeEndpoint> WithPorts(ObjectList<BridgeEndpoint> endpoints)
    {
        foreach (BridgeEndpoint endpoint in endpoints)
            endpoint.With(s_ports);
        return endpoints;
    }

    private static PSObject With(this object model, params ReadOnlySpan<MethodInfo> getters)
    {
        PSObject wrapped = PSObject.AsPSObject(model);
        foreach (MethodInfo getter in getters)
        {
            if (wrapped.Members[getter.Name] is not PSCodeProperty)
                wrapped.Members.Add(new PSCodeProperty(getter.Name, getter), preValidated: true);
        }
        return wrapped;
    }
}
