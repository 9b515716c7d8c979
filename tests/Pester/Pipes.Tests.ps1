# Every object that a command gives, in every form it may come in, into every command. What becomes of it stands in one table, here
# and in docs/PIPES.md, which is made of it: $env:BRIDGENET_WRITE_DOCS = 1 writes it anew.
BeforeDiscovery {
    # What each command makes of each object: itself, what is on it or it is on, or a refusal in words (-).
    $nouns = 'Network', 'Container', 'Endpoint', 'Port', 'Connection', 'Drift'
    $table = @'
Command                              | Network            | Container         | Endpoint              | Port                | Connection       | Drift
Get-BridgeNetwork                    | itself             | those it is on    | its network           | its network         | -                | its network
Get-BridgeContainer                  | those on it        | itself            | its container         | its container       | its source       | those on its network
Get-BridgeEndpoint                   | those on it        | its own           | itself                | its endpoint        | of its source    | those on its network
Get-BridgePort                       | those through it   | its own           | its own               | itself              | of its source    | through its network
Test-BridgeNetwork                   | itself             | those it is on    | its network           | its network         | -                | its network
Repair-BridgeNetwork                 | itself             | -                 | -                     | -                   | -                | its network
Export-BridgeNetwork                 | itself             | those it is on    | its network           | its network         | -                | its network
Import-BridgeNetwork                 | -                  | -                 | -                     | -                   | -                | -
New-BridgeNetwork                    | one like it        | -                 | -                     | -                   | -                | -
Set-BridgeNetwork                    | itself             | -                 | -                     | -                   | -                | -
Remove-BridgeNetwork                 | itself             | -                 | -                     | -                   | -                | -
Clear-BridgeNetwork                  | itself, if unused  | -                 | -                     | -                   | -                | -
Connect-BridgeNetwork -Container c   | to it              | -                 | to its network        | -                   | -                | -
Connect-BridgeNetwork -Network n     | -                  | itself            | its container         | -                   | -                | -
Disconnect-BridgeNetwork             | -                  | -                 | itself                | -                   | -                | -
Disconnect-BridgeNetwork -Network n  | -                  | itself            | its container         | -                   | -                | -
New-BridgeContainer                  | -                  | one like it       | -                     | -                   | -                | -
Rename-BridgeContainer               | -                  | itself            | -                     | -                   | -                | -
Remove-BridgeContainer               | -                  | itself            | -                     | -                   | -                | -
Invoke-BridgeContainer               | in those on it     | in itself         | in its container      | in its container    | in its source    | in those on its network
Publish-BridgePort                   | -                  | of itself         | of its container      | -                   | -                | -
Unpublish-BridgePort -ContainerPort  | -                  | of itself         | of its container      | itself              | -                | -
Test-BridgeConnection                | from those on it   | from itself       | from its container    | from its container  | from its source  | from those on its network
'@
    $lines = $table -split "`n" | Select-Object -Skip 1
    $cells = foreach ($line in $lines) {
        $columns = $line.Split('|').Trim()
        foreach ($noun in $nouns) { @{ Command = $columns[0]; Noun = $noun; Meaning = $columns[1 + $nouns.IndexOf($noun)] } }
    }
}

BeforeAll {
    . $PSScriptRoot/Lab.ps1
    $script:nouns = 'Network', 'Container', 'Endpoint', 'Port', 'Connection', 'Drift'

    # Networks and containers are namesakes, crosswise, so that whoever looks at names alone finds the wrong one.
    function New-Lab {
        New-BridgeNetwork alpha -Subnet 10.50.0.0/16 | Out-Null
        New-BridgeNetwork beta -Subnet 10.51.0.0/16 | Out-Null
        New-BridgeNetwork free -Subnet 10.52.0.0/16 | Out-Null
        New-BridgeContainer beta alpha -Publish 9090:90 | Out-Null
        New-BridgeContainer alpha beta -Publish 8080:80 | Out-Null
        New-BridgeContainer gamma | Out-Null
        [IO.File]::WriteAllText("/proc/sys/net/ipv6/conf/$((Get-BridgeNetwork alpha).BridgeName)/accept_ra", '1')
    }

    # All that a command could have changed.
    function Get-Everything {
        Get-BridgeNetwork -AsJson
        Get-BridgeContainer | ForEach-Object { "$($_.Id) $_ $($_.Networks) $($_.Ports)" }
    }

    function Get-Sample([string] $noun) {
        switch ($noun) {
            Network { Get-BridgeNetwork alpha }
            Container { Get-BridgeContainer alpha }
            Endpoint { Get-BridgeEndpoint beta }
            Port { Get-BridgePort alpha }
            Connection { Test-BridgeConnection beta 10.50.0.1 -Count 1 }
            Drift { Test-BridgeNetwork alpha -Detailed | Where-Object Kind -EQ Sysctl }
        }
    }

    $script:kept = @{
        Network = 'Id', 'Name'; Container = 'Id', 'Name'; Endpoint = 'EndpointId', 'NetworkId', 'ContainerId', 'NetworkName', 'ContainerName'
        Port = 'EndpointId', 'NetworkId', 'ContainerId', 'HostAddress', 'HostPort', 'ContainerPort', 'Protocol'
        Connection = 'Source', 'Destination', 'Protocol'; Drift = 'NetworkName', 'NetworkId', 'Expected', 'Actual'
    }

    function ConvertTo-Form($sample, [string] $form, [string] $noun) {
        switch ($form) {
            live { $sample }
            CLIXML { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($sample, 2)) }
            JSON { $sample | ConvertTo-Json | ConvertFrom-Json }
            CSV { $sample | ConvertTo-Csv | ConvertFrom-Csv }
            selected { $sample | Select-Object $script:kept[$noun] }
        }
    }

    # What a command did or gave, in a few words.
    function Invoke-Pipe([string] $command, $object) {
        # A refusal is looked at, and does not end the test.
        $ErrorActionPreference = 'Continue'
        switch ($command) {
            'Get-BridgeNetwork' { ($object | Get-BridgeNetwork).Name }
            'Get-BridgeContainer' { ($object | Get-BridgeContainer).Name }
            'Get-BridgeEndpoint' { "$($object | Get-BridgeEndpoint)" }
            'Get-BridgePort' { "$($object | Get-BridgePort)" }
            'Test-BridgeNetwork' { ($object | Test-BridgeNetwork) ? 'beta' : 'alpha' }
            'Repair-BridgeNetwork' { ($object | Repair-BridgeNetwork -PassThru).NetworkName }
            'Export-BridgeNetwork' { $object | Export-BridgeNetwork | ConvertFrom-Json | ForEach-Object { $_.Networks.Name } }
            'Import-BridgeNetwork' { $object | Import-BridgeNetwork }
            'New-BridgeNetwork' { ($object | New-BridgeNetwork).Name }
            'Set-BridgeNetwork' { ($object | Set-BridgeNetwork -Label k=v -PassThru).Name }
            'Remove-BridgeNetwork' {
                $before = (Get-BridgeNetwork).Name
                $object | Remove-BridgeNetwork -Force
                $before | Where-Object { $_ -cnotin (Get-BridgeNetwork).Name }
            }
            'Clear-BridgeNetwork' { $object | Clear-BridgeNetwork -Force }
            'Connect-BridgeNetwork -Container c' { "$($object | Connect-BridgeNetwork -Container gamma)" }
            'Connect-BridgeNetwork -Network n' { "$($object | Connect-BridgeNetwork -Network free)" }
            { $_ -like 'Disconnect-BridgeNetwork*' } {
                $before = Get-BridgeEndpoint
                if ($command -like '*-Network*') { $object | Disconnect-BridgeNetwork -Network beta } else { $object | Disconnect-BridgeNetwork }
                "$($before | Where-Object { $_ -notin @(Get-BridgeEndpoint) })"
            }
            'New-BridgeContainer' { ($object | New-BridgeContainer).Name }
            'Rename-BridgeContainer' { ($object | Rename-BridgeContainer -NewName renamed -PassThru).Networks }
            'Remove-BridgeContainer' {
                $before = (Get-BridgeContainer).Name
                $object | Remove-BridgeContainer
                $before | Where-Object { $_ -cnotin (Get-BridgeContainer).Name }
            }
            'Invoke-BridgeContainer' { $object | Invoke-BridgeContainer -Program cat -ArgumentList /etc/hosts | ForEach-Object { if ($_ -match '^10\.5\d\.0\.\d+') { $Matches[0] } } }
            'Publish-BridgePort' { "$(($object | Publish-BridgePort -Port 7000:70).ContainerName)" }
            'Unpublish-BridgePort -ContainerPort' {
                $before = Get-BridgePort
                $object | Unpublish-BridgePort -ContainerPort 80
                "$($before | Where-Object { $_ -notin @(Get-BridgePort) })"
            }
            'Test-BridgeConnection' { ($object | Test-BridgeConnection -Destination 10.50.0.1 -Count 1 -TimeoutMilliseconds 20).Source }
        }
    }

    # What it has to be, by the object's noun: container alpha is on network beta at 10.51.0.2, container beta on network alpha at 10.50.0.2.
    $script:expected = @{
        'Get-BridgeNetwork'                   = @{ Network = 'alpha'; Container = 'beta'; Endpoint = 'beta'; Port = 'beta'; Drift = 'alpha' }
        'Get-BridgeContainer'                 = @{ Network = 'beta'; Container = 'alpha'; Endpoint = 'alpha'; Port = 'alpha'; Connection = 'beta'; Drift = 'beta' }
        'Get-BridgeEndpoint'                  = @{ Network = 'beta on alpha'; Container = 'alpha on beta'; Endpoint = 'alpha on beta'; Port = 'alpha on beta'; Connection = 'beta on alpha'; Drift = 'beta on alpha' }
        'Get-BridgePort'                      = @{ Network = '0.0.0.0:9090->90/tcp'; Container = '0.0.0.0:8080->80/tcp'; Endpoint = '0.0.0.0:8080->80/tcp'; Port = '0.0.0.0:8080->80/tcp'; Connection = '0.0.0.0:9090->90/tcp'; Drift = '0.0.0.0:9090->90/tcp' }
        'Test-BridgeNetwork'                  = @{ Network = 'alpha'; Container = 'beta'; Endpoint = 'beta'; Port = 'beta'; Drift = 'alpha' }
        'Repair-BridgeNetwork'                = @{ Network = 'alpha'; Drift = 'alpha' }
        'Export-BridgeNetwork'                = @{ Network = 'alpha'; Container = 'beta'; Endpoint = 'beta'; Port = 'beta'; Drift = 'alpha' }
        'New-BridgeNetwork'                   = @{ Network = 'alpha' }
        'Set-BridgeNetwork'                   = @{ Network = 'alpha' }
        'Clear-BridgeNetwork'                 = @{}
        'Remove-BridgeNetwork'                = @{ Network = 'alpha' }
        'Connect-BridgeNetwork -Container c'  = @{ Network = 'gamma on alpha'; Endpoint = 'gamma on beta' }
        'Connect-BridgeNetwork -Network n'    = @{ Container = 'alpha on free'; Endpoint = 'alpha on free' }
        'Disconnect-BridgeNetwork'            = @{ Endpoint = 'alpha on beta' }
        'Disconnect-BridgeNetwork -Network n' = @{ Container = 'alpha on beta'; Endpoint = 'alpha on beta' }
        'New-BridgeContainer'                 = @{ Container = 'alpha' }
        'Rename-BridgeContainer'              = @{ Container = 'beta' }
        'Remove-BridgeContainer'              = @{ Container = 'alpha' }
        'Invoke-BridgeContainer'              = @{ Network = '10.50.0.2'; Container = '10.51.0.2'; Endpoint = '10.51.0.2'; Port = '10.51.0.2'; Connection = '10.50.0.2'; Drift = '10.50.0.2' }
        'Publish-BridgePort'                  = @{ Container = 'alpha'; Endpoint = 'alpha' }
        'Unpublish-BridgePort -ContainerPort' = @{ Container = '0.0.0.0:8080->80/tcp'; Endpoint = '0.0.0.0:8080->80/tcp'; Port = '0.0.0.0:8080->80/tcp' }
        'Test-BridgeConnection'               = @{ Network = 'beta'; Container = 'alpha'; Endpoint = 'alpha'; Port = 'alpha'; Connection = 'beta'; Drift = 'beta' }
    }
    New-Lab
}

Describe 'Objects in pipelines' {
    AfterAll {
        Clear-Lab
        Assert-NothingRemains
    }

    It '<Noun> | <Command>: <Meaning>' -ForEach $cells {
        foreach ($form in 'live', 'CLIXML', 'JSON', 'CSV', 'selected') {
            $sample = Get-Sample $Noun
            $object = ConvertTo-Form $sample $form $Noun
            $before = Get-Everything
            # What is made again has to be gone before.
            if ($Meaning -eq 'one like it') { if ($Noun -eq 'Network') { $sample | Remove-BridgeNetwork -Force } else { $sample | Remove-BridgeContainer } }
            $problem = $null
            $result = Invoke-Pipe $Command $object 2>&1 | ForEach-Object { if ($_ -is [Management.Automation.ErrorRecord]) { $problem = $_ } else { $_ } }
            if ($Meaning -eq '-') {
                $problem | Should -Not -BeNullOrEmpty -Because "a $form object is refused"
                $problem.FullyQualifiedErrorId.Split(',')[0] | Should -BeIn 'WrongObject', 'InvalidTopology' -Because "$form`: $problem"
                $problem.Exception.Message | Should -Match '[.]$'
                Get-Everything | Should -Be $before -Because 'a refusal changes nothing'
            }
            else {
                $problem | Should -BeNullOrEmpty -Because "a $form object is accepted"
                $result | Should -Be $expected[$Command][$Noun] -Because "$form"
                if ("$(Get-Everything)" -ne "$before" -or $Command -eq 'Repair-BridgeNetwork') {
                    Clear-Lab
                    New-Lab
                }
            }
        }
    }

    It 'stands in docs/PIPES.md as it is here' {
        $written = Get-Content (Join-Path $PSScriptRoot .. .. docs PIPES.md) | Where-Object { $_ -like '| *-Bridge*' }
        $now = $table -split "`n" | Select-Object -Skip 1 | ForEach-Object { '| ' + ($_.Split('|').Trim() -join ' | ') + ' |' }
        $written | Should -Be $now
    } -ForEach @{ table = $table }

    It 'leaves out no command' {
        $rows = $table -split "`n" | Select-Object -Skip 1 | ForEach-Object { $_.Split(' ')[0] } | Sort-Object -Unique
        $rows | Should -Be ((Get-Command -Module BridgeNet).Name | Sort-Object)
    } -ForEach @{ table = $table }
}
