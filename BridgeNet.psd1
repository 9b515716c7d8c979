@{
    RootModule           = 'bin/BridgeNet.dll'
    NestedModules        = @('bin/BridgeNet.Loader.dll')
    ModuleVersion        = '0.2.0'
    CompatiblePSEditions = @('Core')
    GUID                 = '6f1c8f0e-5a0b-4d0e-9c53-2b1d7e1c4a42'
    Author               = 'BridgeNet contributors'
    CompanyName          = 'BridgeNet contributors'
    Copyright            = '(c) BridgeNet contributors. MIT License.'
    Description          = 'User-defined bridge networks for Linux without Docker: networks, containers, isolation, straight to the kernel.'
    PowerShellVersion    = '7.6'
    TypesToProcess       = @('BridgeNet.Types.ps1xml')
    FormatsToProcess     = @('BridgeNet.Format.ps1xml')
    FunctionsToExport    = @()
    CmdletsToExport      = @(
        'New-BridgeNetwork'
        'Get-BridgeNetwork'
        'Set-BridgeNetwork'
        'Test-BridgeNetwork'
        'Repair-BridgeNetwork'
        'Export-BridgeNetwork'
        'Import-BridgeNetwork'
        'Remove-BridgeNetwork'
        'Clear-BridgeNetwork'
        'Connect-BridgeNetwork'
        'Disconnect-BridgeNetwork'
        'Get-BridgeEndpoint'
        'New-BridgeContainer'
        'Get-BridgeContainer'
        'Rename-BridgeContainer'
        'Remove-BridgeContainer'
        'Invoke-BridgeContainer'
        'Publish-BridgePort'
        'Get-BridgePort'
        'Unpublish-BridgePort'
        'Test-BridgeConnection'
    )
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Prerelease   = 'preview1'
            Tags         = @('Linux', 'PSEdition_Core', 'network', 'bridge', 'netlink', 'docker', 'netns')
            ProjectUri   = 'https://github.com/bridgenet/bridgenet'
            LicenseUri   = 'https://github.com/bridgenet/bridgenet/blob/main/LICENSE'
            # In a package: the section of this version.
            ReleaseNotes = 'https://github.com/bridgenet/bridgenet/blob/main/CHANGELOG.md'
        }
    }
}
