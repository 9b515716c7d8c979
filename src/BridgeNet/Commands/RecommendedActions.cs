using System.Text.RegularExpressions;
using BridgeNet.Model;

namespace BridgeNet.Commands;

/// <summary>
/// The recommended command for an error, by error id. The message says what to do in plain words, because the core knows no
/// cmdlet; PowerShell shows the command below the message, from <c>ErrorDetails.RecommendedAction</c>.
/// </summary>
internal static partial class RecommendedActions
{
    private const string AnyName = "NAME";

    // The argument is the name of the object, or NAME if the problem has none.
    private static readonly Dictionary<string, Func<string, string>> s_commands = new()
    {
        // Names are compared without regard to case here, as -eq does: a request for 'web' is refused if 'Web' exists.
        [ErrorIds.NetworkExists] = static name => $"Get-BridgeNetwork | Where-Object Name -eq '{name}' | Remove-BridgeNetwork",
        [ErrorIds.NetworkNotFound] = static _ => $"Get-BridgeNetwork, or New-BridgeNetwork {AnyName} -ConfigOnly for a configuration",
        [ErrorIds.PredefinedNetwork] = static _ =>
            $"New-BridgeNetwork {AnyName} [-ConfigFrom {AnyName}], or New-BridgeContainer {AnyName} -Network host",
        [ErrorIds.ContainerExists] = static name =>
            $"Get-BridgeContainer | Where-Object Name -eq '{name}' | Remove-BridgeContainer, or Rename-BridgeContainer, or Connect-BridgeNetwork -NetNSPath for a namespace of another tool",
        [ErrorIds.ContainerNotFound] = static _ => "Get-BridgeContainer",
        [ErrorIds.NotConnected] = static name => name == AnyName ? "Get-BridgeEndpoint" : $"Get-BridgeEndpoint -Container {name}",
        [ErrorIds.StaticAddressNeedsSubnet] = static _ => $"New-BridgeNetwork {AnyName} -Subnet CIDR",
        [ErrorIds.InvalidTopology] = static _ => "Export-BridgeNetwork",
        [ErrorIds.StateOfOtherNamespace] = static _ => "Repair-BridgeNetwork -TakeOver",
        [ErrorIds.StateUnusable] = static _ => "Repair-BridgeNetwork, after the file or directory is fixed",
    };

    /// <summary>The command for a problem; null if there is none.</summary>
    public static string? For(Problem problem)
    {
        string name = problem.Target is string target && Name().IsMatch(target) && !WholeId().IsMatch(target) ? target : AnyName;
        // The container of a namespace that ended or was replaced can be removed; if the target is a path, there is no container.
        if (problem.ErrorId == ErrorIds.NamespaceFailed)
            return name == AnyName ? null : $"Remove-BridgeContainer {name}";
        return s_commands.TryGetValue(problem.ErrorId, out Func<string, string>? command) ? command(name) : null;
    }

    // Names need no quotes in a command.
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,127}\z")]
    private static partial Regex Name();

    // The id of an endpoint does not name a container.
    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex WholeId();
}
