using System.Globalization;
using System.Management.Automation;
using Xunit;

namespace BridgeNet.Module.Tests;

/// <summary>Names and ids that lead nowhere or to several, and filters.</summary>
public sealed class LookupRefusalTests(RefusalLab lab) : RefusalTests(lab), IClassFixture<RefusalLab>
{
    [Theory]
    [InlineData("Get-BridgeNetwork nosuch", "NetworkNotFound", "nosuch", "Get-BridgeNetwork")]
    [InlineData("Get-BridgeEndpoint nosuch", "NetworkNotFound", "nosuch", "Get-BridgeNetwork")]
    [InlineData("Get-BridgeEndpoint -Container nosuch", "ContainerNotFound", "nosuch", "Get-BridgeContainer")]
    [InlineData("Get-BridgeContainer nosuch", "ContainerNotFound", "nosuch", "Get-BridgeContainer")]
    [InlineData("Get-BridgePort nosuch", "ContainerNotFound", "nosuch", "Get-BridgeContainer")]
    [InlineData("Set-BridgeNetwork nosuch -Mtu 1400", "NetworkNotFound", "nosuch", "Get-BridgeNetwork")]
    [InlineData("Remove-BridgeNetwork nosuch", "NetworkNotFound", "nosuch", "Get-BridgeNetwork")]
    [InlineData("Remove-BridgeContainer nosuch", "ContainerNotFound", "nosuch", "Get-BridgeContainer")]
    [InlineData("Rename-BridgeContainer nosuch x", "ContainerNotFound", "nosuch", "Get-BridgeContainer")]
    [InlineData("New-BridgeContainer x -Network nosuch", "NetworkNotFound", "nosuch", "Get-BridgeNetwork")]
    [InlineData("Connect-BridgeNetwork nosuch cb", "NetworkNotFound", "nosuch", "Get-BridgeNetwork")]
    [InlineData("Connect-BridgeNetwork user1 nosuch", "ContainerNotFound", "nosuch", "Get-BridgeContainer")]
    [InlineData("Disconnect-BridgeNetwork nosuch ca", "NetworkNotFound", "nosuch", "Get-BridgeNetwork")]
    [InlineData("Disconnect-BridgeNetwork user1 nosuch", "ContainerNotFound", "nosuch", "Get-BridgeContainer")]
    [InlineData("Invoke-BridgeContainer nosuch true", "ContainerNotFound", "nosuch", "Get-BridgeContainer")]
    [InlineData("Invoke-BridgeContainer ca nosuchprogram", "ProgramNotFound", "nosuchprogram", "PATH")]
    [InlineData("Test-BridgeConnection nosuch ca", "ContainerNotFound", "nosuch", "Get-BridgeContainer")]
    [InlineData("Test-BridgeConnection ca nosuch", "ContainerNotFound", "nosuch", "Get-BridgeContainer")]
    [InlineData("Publish-BridgePort nosuch 80", "ContainerNotFound", "nosuch", "Get-BridgeContainer")]
    [InlineData("Publish-BridgePort ca 80 -Network nosuch", "NetworkNotFound", "nosuch", "Get-BridgeNetwork")]
    [InlineData("Unpublish-BridgePort nosuch 80", "ContainerNotFound", "nosuch", "Get-BridgeContainer")]
    public void Nothing_of_that_name(string command, string errorId, string target, string says) =>
        Refuses(command, errorId, ErrorCategory.ObjectNotFound, target, says);

    [Theory] // docker network inspect ""
    [InlineData("Get-BridgeNetwork ''")]
    [InlineData("Get-BridgeContainer ''")]
    [InlineData("Get-BridgeEndpoint ''")]
    [InlineData("Get-BridgePort ''")]
    [InlineData("Remove-BridgeNetwork ''")]
    [InlineData("Remove-BridgeContainer ''")]
    [InlineData("Set-BridgeNetwork '' -Mtu 1400")]
    public void An_empty_name_does_not_mean_all(string command) => RefusedByPowerShell(command, "ParameterArgumentValidationError");

    [Theory]
    [InlineData("Get-BridgeNetwork -Type foo", "CannotConvertArgumentNoMessage")] // ls --filter type=foo
    [InlineData("Get-BridgeNetwork -Foo bar", "NamedParameterNotFound")] // ls --filter foo=bar
    [InlineData("Get-BridgeNetwork -Unused:foo", "CannotConvertArgument")] // ls --filter dangling=foo
    [InlineData("Get-BridgeNetwork user1 extra", "PositionalParameterNotFound")] // ls extra
    [InlineData("Clear-BridgeNetwork -Force -Foo bar", "NamedParameterNotFound")] // prune --filter foo=bar
    [InlineData("Clear-BridgeNetwork -Force -OlderThan foo", "CannotConvertArgumentNoMessage")] // prune --filter until=foo
    public void Filters_that_do_not_exist(string command, string errorId) => RefusedByPowerShell(command, errorId);

    [Theory]
    [InlineData("Get-BridgeNetwork -Scope foo")] // ls --filter scope=foo
    [InlineData("Get-BridgeNetwork -Label foo=bar")]
    [InlineData("Get-BridgeNetwork -Driver overlay")]
    [InlineData("Get-BridgeNetwork -Id zz")] // ls --filter id=zz
    [InlineData("Get-BridgeNetwork zz*")]
    [InlineData("Get-BridgePort cb")] // docker port cb
    public void Filters_that_nothing_passes_are_no_error(string command) => Accepts(command, "");

    [Fact]
    public void A_missing_object_does_not_stop_the_others()
    {
        Outcome outcome = Shell.Run("Get-BridgeNetwork nosuch, user1 | ForEach-Object Name");
        Assert.Equal("user1", outcome.Output.Single());
        Assert.Equal("NetworkNotFound", IdOf(outcome.Errors.Single()));
    }

    [Fact]
    public void Nothing_found_is_an_empty_array_in_json() =>
        Assert.Equal("[]", Shell.Run("Get-BridgeNetwork nosuch -AsJson -ErrorAction Ignore").Output.Single());

    [Fact]
    public void A_wildcard_that_matches_nothing_is_no_error() =>
        Assert.Empty(
            Shell
                .Run(
                    "Get-BridgeNetwork zz*; Get-BridgeContainer zz*; Get-BridgeEndpoint zz*; Get-BridgePort zz*; Remove-BridgeNetwork zz*; Remove-BridgeContainer zz*; Set-BridgeNetwork zz* -Mtu 1400"
                )
                .Errors
        );

    [Fact]
    public void Beginnings_of_an_id_are_enough()
    {
        string id = (string)Shell.Run("(Get-BridgeNetwork user1).Id").Output.Single();
        foreach (string text in (string[])[id, id[..40], id[..12]])
            Assert.Equal("user1", Shell.Run($"(Get-BridgeNetwork {text}).Name").Output.Single());
        // Ids begin with three digits at least, so that a mistyped name does not mean an object.
        Assert.Equal("NetworkNotFound", IdOf(Shell.Run($"Get-BridgeNetwork {id[..2]}").Errors.Single()));
    }

    [Fact]
    public void A_name_comes_before_the_beginning_of_an_id() =>
        Assert.Equal(
            ["n1", "True"],
            Shell
                .Run(
                    """
                    $prefix = (Get-BridgeNetwork user1).Id.Substring(0, 6)
                    try {
                        New-BridgeNetwork $prefix -ConfigOnly -Label for=n1 | Out-Null
                        (Get-BridgeNetwork $prefix).Labels['for']
                        Remove-BridgeNetwork $prefix
                        (Get-BridgeNetwork $prefix).Name -eq 'user1'
                    }
                    finally { Remove-BridgeNetwork $prefix -WhatIf -ErrorAction Ignore }
                    """
                )
                .Output.Select(item => $"{item}")
        );

    [Fact]
    public void A_beginning_that_several_ids_have_is_ambiguous()
    {
        // Two of a few dozen ids begin with the same three of sixteen digits, sooner or later; a configuration is made in no time.
        string prefix = (string)
            Shell
                .Run(
                    """
                    $seen = @{}
                    foreach ($network in Get-BridgeNetwork) { $seen[$network.Id.Substring(0, 3)] = 1 }
                    for ($i = 0; ; $i++) {
                        $prefix = (New-BridgeNetwork "p$i" -ConfigOnly).Id.Substring(0, 3)
                        if ($seen[$prefix]) { break }
                        $seen[$prefix] = 1
                    }
                    $prefix
                    """
                )
                .Output.Single();
        try
        {
            foreach (
                string command in (string[])
                    [
                        "Get-BridgeNetwork {0}",
                        "Remove-BridgeNetwork {0}",
                        "Set-BridgeNetwork {0} -Label a",
                        "Connect-BridgeNetwork {0} cb",
                        "Disconnect-BridgeNetwork {0} cb",
                        "New-BridgeContainer x {0}",
                    ]
            )
                Refuses(
                    string.Format(CultureInfo.InvariantCulture, command, prefix),
                    "AmbiguousId",
                    ErrorCategory.InvalidArgument,
                    prefix,
                    "give more digits or the name"
                );
        }
        finally
        {
            Shell.Run("Remove-BridgeNetwork p*");
        }
    }
}
