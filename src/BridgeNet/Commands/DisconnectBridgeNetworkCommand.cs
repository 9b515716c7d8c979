using System.Management.Automation;
using BridgeNet.Completion;
using BridgeNet.Engine;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>Takes a container off a network, as <c>docker network disconnect</c> does; all that one pipeline brings go in one change.</summary>
/// <remarks>
/// Its interface in that network goes, with the address. The container and its other interfaces stay.
/// </remarks>
/// <example><code>Disconnect-BridgeNetwork web c1</code>Takes c1 off web.</example>
/// <example><code>Get-BridgeEndpoint web | Disconnect-BridgeNetwork</code>Takes everything off web.</example>
[Cmdlet(VerbsCommunications.Disconnect, "BridgeNetwork", SupportsShouldProcess = true)]
public sealed class DisconnectBridgeNetworkCommand : BridgeNetCmdlet
{
    private readonly List<Membership> _memberships = [];

    /// <summary>Name or id of the network.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("NetworkName")]
    [ArgumentCompleter(typeof(NetworkNameCompleter))]
    public string Network { get; set; } = "";

    /// <summary>Name or id of the container.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "ContainerName")]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string Container { get; set; } = "";

    /// <summary>Do not complain about a container that is not there or not on the network.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        Membership membership = new(Network, Container);
        try
        {
            if (!_memberships.Contains(membership) && Confirmed($"{Container} from {Network}", "Disconnect-BridgeNetwork", () => Engine.DescribeDisconnect([membership])))
                _memberships.Add(membership);
        }
        catch (BridgeNetException refused)
        {
            WriteProblems(Heard(refused.Problems), Container, refused);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_memberships.Count > 0)
            Try(null, () => WriteProblems(Heard(Engine.Disconnect(_memberships, Context))));
    }

    private Problem[] Heard(IReadOnlyList<Problem> problems) =>
        [.. problems.Where(problem => !Force || problem.ErrorId is not (ErrorIds.NotConnected or ErrorIds.ContainerNotFound))];
}
