using System.Management.Automation;
using BridgeNet.Binding;
using BridgeNet.Completion;
using BridgeNet.Model;
using BridgeNet.Services;

namespace BridgeNet.Commands;

/// <summary>Disconnects containers from networks, as <c>docker network disconnect</c> does; one pipeline is one change.</summary>
/// <remarks>
/// Removes the interface in that network, with its address. The container and its other interfaces stay.
/// </remarks>
/// <example><code>Disconnect-BridgeNetwork web c1</code>Disconnects c1 from web.</example>
/// <example><code>Get-BridgeEndpoint web | Disconnect-BridgeNetwork</code>Disconnects all containers from web.</example>
[Cmdlet(VerbsCommunications.Disconnect, "BridgeNetwork", SupportsShouldProcess = true)]
public sealed class DisconnectBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly List<Membership> _memberships = [];

    /// <summary>The networks: names with wildcards, ids, prefixes of ids, or objects; for an endpoint, its network.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("NetworkName")]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public PSObject[] Network { get; set; } = [];

    /// <summary>The containers: names with wildcards, ids, prefixes of ids, or objects; for an endpoint, its container.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [Alias("Name", "ContainerName")]
    [Named]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public PSObject[] Container { get; set; } = [];

    /// <summary>Report no error for a container that does not exist or is not on the network.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        bool piped = !IsTyped(nameof(Network)) && !IsTyped(nameof(Container));
        ForEach(
            Network,
            network =>
            {
                if (piped)
                    Collect(network, network, piped);
                else
                    ForEach(Container, container => Collect(network, container, piped));
            }
        );
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_memberships.Count > 0)
            Try(null, () => WriteProblems(Unsuppressed(Engine.Disconnect(_memberships, Context))));
    }

    private void Collect(GivenObject network, GivenObject container, bool piped)
    {
        try
        {
            if (piped && network.Noun == Noun.Endpoint && network.IdIn("EndpointId") is not null)
            {
                EndpointRow endpoint = Lookup.Endpoint(network);
                Add(new(endpoint.NetworkId, endpoint.ContainerId), endpoint.NetworkName, endpoint.ContainerName);
                return;
            }
            if (piped && network.Noun == Noun.Text)
                throw Lookup.Either(network);
            NetworkRow[] networks = [.. Lookup.NetworksIn(network, IsTyped(nameof(Container)))];
            foreach (ContainerRow each in Lookup.ContainersIn(container))
            {
                // A wildcard matches only connected ones.
                bool all = network.IsWildcard || container.IsWildcard;
                foreach (NetworkRow from in networks.Where(from => !all || each.Endpoints.Any(endpoint => endpoint.NetworkId == from.Id)))
                    Add(new(GivenObject.Key(from), each.Id), from.Name, each.Name);
            }
        }
        catch (BridgeNetException refused)
        {
            WriteProblems(Unsuppressed(refused.Problems), container.Text, refused);
        }
    }

    private void Add(Membership membership, string network, string container)
    {
        if (
            !_memberships.Contains(membership)
            && Confirmed($"{container} from {network}", "Disconnect-BridgeNetwork", () => Engine.DescribeDisconnect([membership]))
        )
            _memberships.Add(membership);
    }

    private Problem[] Unsuppressed(IReadOnlyList<Problem> problems) =>
        [.. problems.Where(problem => !Force || problem.ErrorId is not (ErrorIds.NotConnected or ErrorIds.ContainerNotFound))];
}
