# What build.ps1 -Task Package makes: published to a gallery, installed from there for a user who has nothing else, and used by a
# PowerShell that has never seen the sources. The gallery is a folder; the user's home is a temporary one.
BeforeDiscovery {
    $version = (Import-PowerShellDataFile (Join-Path $PSScriptRoot .. .. BridgeNet.psd1)).ModuleVersion
    $missing = if (-not (Test-Path (Join-Path $PSScriptRoot .. .. artifacts BridgeNet $version))) { 'there is no package: run ./build.ps1 -Task Package' }
    elseif (-not (Get-Module -ListAvailable Microsoft.PowerShell.PSResourceGet)) { 'Microsoft.PowerShell.PSResourceGet is not here' }
}

Describe 'The package' -Tag Package -ForEach @(@{ missing = $missing }) {
    BeforeAll {
        . $PSScriptRoot/Lab.ps1
        $root = Resolve-Path (Join-Path $PSScriptRoot .. ..)
        $manifest = Import-PowerShellDataFile (Join-Path $root BridgeNet.psd1)
        $version = $manifest.ModuleVersion
        $label = $manifest.PrivateData.PSData.Prerelease ? "$version-$($manifest.PrivateData.PSData.Prerelease)" : $version
        $package = Join-Path $root artifacts BridgeNet $version
        $userHome = Join-Path $TestDrive home

        # A new process of a user whose home is empty but for what was installed there.
        function Invoke-Fresh([string] $command) {
            $names = 'HOME', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'PSModulePath'
            $before = Get-Item ($names -replace '^', 'Env:') -ErrorAction Ignore
            try {
                # Removed, not empty: an empty one is a path to where the process runs.
                Remove-Item ($names -replace '^', 'Env:') -ErrorAction Ignore
                $env:HOME = $userHome
                Push-Location $userHome
                Invoke-Pwsh -NoProfile -NonInteractive '-Command', "`$ErrorActionPreference = 'Stop'; `$ProgressPreference = 'SilentlyContinue'; `$PSStyle.OutputRendering = 'PlainText'; $command"
                if ($LASTEXITCODE) { throw "exit code $LASTEXITCODE" }
            }
            finally {
                Pop-Location
                foreach ($variable in $before) { Set-Item "Env:$($variable.Name)" $variable.Value }
            }
        }

        if (-not $missing) {
            $gallery = New-Item -ItemType Directory (Join-Path $TestDrive gallery)
            New-Item -ItemType Directory $userHome | Out-Null
            $installed = Invoke-Fresh @"
                Register-PSResourceRepository -Name local -Uri '$gallery' -Trusted
                Publish-PSResource -Path '$package' -Repository local
                Install-PSResource BridgeNet -Repository local -Prerelease -Scope CurrentUser
                (Get-Module -ListAvailable BridgeNet).ModuleBase
"@
        }
    }
    BeforeEach { if ($missing) { Set-ItResult -Skipped -Because $missing } }
    AfterAll { Assert-NothingRemains }

    It 'has the libraries of both architectures and nothing superfluous' {
        $files = Get-ChildItem $package -Recurse -File | ForEach-Object { [IO.Path]::GetRelativePath($package, $_.FullName) } | Sort-Object
        $files | Should -Be (@(
                'BridgeNet.Format.ps1xml', 'BridgeNet.psd1', 'BridgeNet.Types.ps1xml', 'CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md'
                'docs/DIFFERENCES.md', 'docs/ERRORS.md', 'docs/NEIGHBOURS.md', 'docs/PIPES.md', 'docs/REBOOT.md', 'docs/RELIABILITY.md'
                'en-US/about_BridgeNet.help.txt', 'en-US/BridgeNet.dll-Help.xml'
                'bin/BridgeNet.Core.dll', 'bin/BridgeNet.deps.json', 'bin/BridgeNet.dll', 'bin/BridgeNet.Loader.dll', 'bin/BridgeNet.Netlink.dll', 'bin/Microsoft.Data.Sqlite.dll'
                'bin/SQLitePCLRaw.batteries_v2.dll', 'bin/SQLitePCLRaw.core.dll', 'bin/SQLitePCLRaw.provider.e_sqlite3.dll'
                'bin/runtimes/linux-arm64/lib/netstandard2.0/Tmds.LibC.dll', 'bin/runtimes/linux-arm64/native/libe_sqlite3.so'
                'bin/runtimes/linux-x64/lib/netstandard2.0/Tmds.LibC.dll', 'bin/runtimes/linux-x64/native/libe_sqlite3.so'
            ) | Sort-Object)
    }

    It 'has natives for the architecture that their folder says' {
        # e_machine of the ELF header: 62 is x86-64, 183 is AArch64.
        foreach ($case in @{ rid = 'linux-x64'; machine = 62 }, @{ rid = 'linux-arm64'; machine = 183 }) {
            $header = Get-Content (Join-Path $package bin runtimes $case.rid native libe_sqlite3.so) -AsByteStream -TotalCount 20
            [BitConverter]::ToUInt16($header, 18) | Should -Be $case.machine
        }
    }

    It 'is published under its version and installed whole' {
        Join-Path $gallery "BridgeNet.$label.nupkg" | Should -Exist
        $installed | Should -Be (Join-Path $userHome .local share powershell Modules BridgeNet $version)
        $files = Get-ChildItem $package -Recurse -File | ForEach-Object { [IO.Path]::GetRelativePath($package, $_.FullName) }
        foreach ($file in $files) { Join-Path $installed $file | Should -Exist }
    }

    It 'has the metadata for the gallery, with the notes of its version' {
        $found = Invoke-Fresh 'Find-PSResource BridgeNet -Repository local -Prerelease | ConvertTo-Json -Depth 2' | Out-String | ConvertFrom-Json
        $found.Name, "$($found.Prerelease)", $found.CompanyName | Should -Be BridgeNet, "$($manifest.PrivateData.PSData.Prerelease)", $manifest.CompanyName
        $found.ProjectUri | Should -Be $manifest.PrivateData.PSData.ProjectUri
        $found.LicenseUri | Should -Be $manifest.PrivateData.PSData.LicenseUri
        $top = ((Get-Content (Join-Path $root CHANGELOG.md) -Raw) -split '(?m)^## ')[1]
        $top | Should -BeLike "$label*"
        $found.ReleaseNotes | Should -Be ($top -split '\n', 2)[1].Trim()
    }

    It 'is a valid module without a warning' {
        Invoke-Fresh "(Test-ModuleManifest '$installed/BridgeNet.psd1' -WarningAction Stop).Version.ToString()" | Should -Be $version
    }

    It 'loads by itself and runs the example' {
        Invoke-Fresh @'
            New-BridgeNetwork test_net1 | Out-Null
            New-BridgeNetwork test_net2 -Subnet 173.20.0.0/16 | Out-Null
            New-BridgeContainer c1, c2 test_net2 | Out-Null
            New-BridgeContainer c3 test_net1 | Out-Null
            Test-BridgeConnection c2 c1 -Quiet
            Test-BridgeConnection c3 c1 -Quiet -Count 1 -TimeoutMilliseconds 300
            Connect-BridgeNetwork test_net2 c3 | Out-Null
            Test-BridgeConnection c3 c1 -Quiet
            Get-BridgeContainer | Remove-BridgeContainer
            Get-BridgeNetwork test_* | Remove-BridgeNetwork
            (Get-BridgeNetwork | Out-String -Stream)[1]
            (Get-Module BridgeNet).ModuleBase
'@ | Should -Be True, False, True, 'NETWORK ID   NAME   DRIVER SCOPE', $installed
    }

    It 'has help, which works offline' {
        Invoke-Fresh '(Get-Help New-BridgeNetwork).Synopsis' | Should -Match '^Creates a network'
        Invoke-Fresh '(Get-Help New-BridgeNetwork).relatedLinks.navigationLink.linkText' | Should -Contain Get-BridgeNetwork
        Invoke-Fresh 'Get-Help about_BridgeNet' | Should -Contain '    about_BridgeNet'
    }

    It 'is imported without hiding assemblies of PowerShell or of other modules' {
        Invoke-Fresh @'
            Get-BridgeNetwork | Out-Null
            [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.GetName().Name -match "Sqlite|SQLitePCL|Tmds|BridgeNet.Core|BridgeNet.Netlink"
'@ | Should -BeNullOrEmpty
    }
}
