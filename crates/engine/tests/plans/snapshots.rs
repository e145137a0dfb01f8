//! Snapshots of a dozen situations.

/// A new revision whose image does not exist; the earlier one still runs.
pub(super) const IMAGE_NOT_FOUND: &str = r#"kind: Node
metadata: {name: n1}
spec: {}
status: {allocatable: {cpu: "32", memory: 64Gi, pods: "110"}, conditions: [{type: Ready, status: "True"}]}
---
kind: Deployment
metadata: {name: api, generation: 2}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2"}]}}
status: {observedGeneration: 2, replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2, conditions: [{type: Progressing, status: "True", reason: ReplicaSetUpdated}]}
---
kind: ReplicaSet
metadata: {name: api-1, owner: Deployment/api, labels: {app: api}, annotations: {deployment.kubernetes.io/revision: "1"}}
spec: {replicas: 2, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v1"}]}}}
status: {replicas: 2, readyReplicas: 2}
---
kind: ReplicaSet
metadata: {name: api-2, owner: Deployment/api, labels: {app: api}, annotations: {deployment.kubernetes.io/revision: "2"}}
spec: {replicas: 1, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2"}]}}}
status: {replicas: 1, readyReplicas: 1}
---
kind: Pod
metadata: {name: api-2-a, owner: ReplicaSet/api-2, labels: {app: api}}
spec: {nodeName: n1, containers: [{name: main, image: "reg.example/api:v2"}]}
status:
  phase: Pending
  conditions: [{type: Ready, status: "False", lastTransitionTime: "2026-01-01T00:03:00Z"}]
  containerStatuses:
  - {name: main, image: "reg.example/api:v2", ready: false, restartCount: 0, state: {waiting: {reason: ImagePullBackOff, message: 'Back-off pulling image "reg.example/api:v2"'}}}
---
kind: Event
metadata: {name: pull}
reason: Failed
involvedObject: {kind: Pod, name: api-2-a, fieldPath: "spec.containers{main}"}
message: 'Failed to pull image "reg.example/api:v2": rpc error: code = NotFound desc = failed to resolve reference "reg.example/api:v2": reg.example/api:v2: not found'
---
kind: Pod
metadata: {name: api-1-a, owner: ReplicaSet/api-1, labels: {app: api}}
spec: {nodeName: n1, containers: [{name: main, image: "reg.example/api:v1"}]}
status: {phase: Running, conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:03:00Z"}]}
---
kind: Pod
metadata: {name: api-1-b, owner: ReplicaSet/api-1, labels: {app: api}}
spec: {nodeName: n1, containers: [{name: main, image: "reg.example/api:v1"}]}
status: {phase: Running, conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:03:00Z"}]}
"#;

/// A new revision that is killed for its memory limit.
pub(super) const OUT_OF_MEMORY: &str = r#"kind: Node
metadata: {name: n1}
spec: {}
status: {allocatable: {cpu: "32", memory: 64Gi, pods: "110"}, conditions: [{type: Ready, status: "True"}]}
---
kind: Deployment
metadata: {name: api, generation: 2}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2", resources: {requests: {memory: 128Mi}, limits: {memory: 256Mi}}}]}}
status: {observedGeneration: 2, replicas: 3, updatedReplicas: 1, readyReplicas: 2, availableReplicas: 2, conditions: [{type: Progressing, status: "True", reason: ReplicaSetUpdated}]}
---
kind: ReplicaSet
metadata: {name: api-1, owner: Deployment/api, labels: {app: api}, annotations: {deployment.kubernetes.io/revision: "1"}}
spec: {replicas: 2, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v1", resources: {requests: {memory: 128Mi}, limits: {memory: 256Mi}}}]}}}
status: {replicas: 2, readyReplicas: 2}
---
kind: ReplicaSet
metadata: {name: api-2, owner: Deployment/api, labels: {app: api}, annotations: {deployment.kubernetes.io/revision: "2"}}
spec: {replicas: 1, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2", resources: {requests: {memory: 128Mi}, limits: {memory: 256Mi}}}]}}}
status: {replicas: 1, readyReplicas: 1}
---
kind: Pod
metadata: {name: api-2-a, owner: ReplicaSet/api-2, labels: {app: api}}
spec: {nodeName: n1, containers: [{name: main, image: "reg.example/api:v2", resources: {requests: {memory: 128Mi}, limits: {memory: 256Mi}}}]}
status:
  phase: Running
  conditions: [{type: Ready, status: "False", lastTransitionTime: "2026-01-01T00:03:00Z"}]
  containerStatuses:
  - name: main
    image: reg.example/api:v2
    ready: false
    restartCount: 4
    state: {waiting: {reason: CrashLoopBackOff, message: back-off 40s restarting failed container}}
    lastState: {terminated: {exitCode: 137, reason: OOMKilled, startedAt: "2026-01-01T00:08:00Z", finishedAt: "2026-01-01T00:08:30Z"}}
---
kind: Pod
metadata: {name: api-1-a, owner: ReplicaSet/api-1, labels: {app: api}}
spec: {nodeName: n1, containers: [{name: main, image: "reg.example/api:v1"}]}
status: {phase: Running, conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:03:00Z"}]}
---
kind: Pod
metadata: {name: api-1-b, owner: ReplicaSet/api-1, labels: {app: api}}
spec: {nodeName: n1, containers: [{name: main, image: "reg.example/api:v1"}]}
status: {phase: Running, conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:03:00Z"}]}
"#;

/// Two Pods that are Ready.
pub(super) const HEALTHY: &str = r#"kind: Node
metadata: {name: n1}
spec: {}
status: {allocatable: {cpu: "32", memory: 64Gi, pods: "110"}, conditions: [{type: Ready, status: "True"}]}
---
kind: Deployment
metadata: {name: api, generation: 2}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2"}]}}
status: {observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2, conditions: [{type: Progressing, status: "True", reason: NewReplicaSetAvailable}]}
---
kind: ReplicaSet
metadata: {name: api-2, owner: Deployment/api, labels: {app: api}, annotations: {deployment.kubernetes.io/revision: "2"}}
spec: {replicas: 2, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2"}]}}}
status: {replicas: 2, readyReplicas: 2}
---
kind: Pod
metadata: {name: api-2-a, owner: ReplicaSet/api-2, labels: {app: api}}
spec: {nodeName: n1, containers: [{name: main, image: "reg.example/api:v2"}]}
status:
  phase: Running
  conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:03:00Z"}]
  containerStatuses:
  - {name: main, image: "reg.example/api:v2", ready: true, started: true, restartCount: 0, state: {running: {startedAt: "2026-01-01T00:03:00Z"}}}
---
kind: Pod
metadata: {name: api-2-b, owner: ReplicaSet/api-2, labels: {app: api}}
spec: {nodeName: n1, containers: [{name: main, image: "reg.example/api:v2"}]}
status:
  phase: Running
  conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:03:00Z"}]
  containerStatuses:
  - {name: main, image: "reg.example/api:v2", ready: true, started: true, restartCount: 0, state: {running: {startedAt: "2026-01-01T00:03:00Z"}}}
"#;

/// Four Pods at the maximum of their autoscaler.
pub(super) const AUTOSCALED: &str = r#"kind: Node
metadata: {name: n1}
spec: {}
status: {allocatable: {cpu: "32", memory: 64Gi, pods: "110"}, conditions: [{type: Ready, status: "True"}]}
---
kind: Deployment
metadata: {name: api, generation: 2}
spec:
  replicas: 4
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2", resources: {requests: {cpu: 250m}}}]}}
status: {observedGeneration: 2, replicas: 4, updatedReplicas: 4, readyReplicas: 4, availableReplicas: 4, conditions: [{type: Progressing, status: "True", reason: NewReplicaSetAvailable}]}
---
kind: ReplicaSet
metadata: {name: api-2, owner: Deployment/api, labels: {app: api}, annotations: {deployment.kubernetes.io/revision: "2"}}
spec: {replicas: 4, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2", resources: {requests: {cpu: 250m}}}]}}}
status: {replicas: 4, readyReplicas: 4}
---
kind: HorizontalPodAutoscaler
metadata: {name: api}
spec: {minReplicas: 2, maxReplicas: 4, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]}
status: {currentReplicas: 4, desiredReplicas: 4}
"#;

/// Two Pods of four that their autoscaler may make.
pub(super) const AUTOSCALED_BELOW_MAXIMUM: &str = r#"kind: Node
metadata: {name: n1}
spec: {}
status: {allocatable: {cpu: "32", memory: 64Gi, pods: "110"}, conditions: [{type: Ready, status: "True"}]}
---
kind: Deployment
metadata: {name: api, generation: 2}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2"}]}}
status: {observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2, conditions: [{type: Progressing, status: "True", reason: NewReplicaSetAvailable}]}
---
kind: ReplicaSet
metadata: {name: api-2, owner: Deployment/api, labels: {app: api}, annotations: {deployment.kubernetes.io/revision: "2"}}
spec: {replicas: 2, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2"}]}}}
status: {replicas: 2, readyReplicas: 2}
---
kind: HorizontalPodAutoscaler
metadata: {name: api}
spec: {minReplicas: 2, maxReplicas: 4, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]}
status: {currentReplicas: 2, desiredReplicas: 2}
"#;

/// One Node of three is not Ready, with a Pod.
pub(super) const NODE_NOT_READY: &str = r#"kind: Node
metadata: {name: n1}
status:
  conditions:
  - {type: Ready, status: "Unknown", reason: NodeStatusUnknown, lastTransitionTime: "2026-01-01T00:05:00Z", message: Kubelet stopped posting node status.}
---
kind: Node
metadata: {name: n2}
spec: {}
status: {allocatable: {cpu: "32", memory: 64Gi, pods: "110"}, conditions: [{type: Ready, status: "True"}]}
---
kind: Node
metadata: {name: n3}
spec: {}
status: {allocatable: {cpu: "32", memory: 64Gi, pods: "110"}, conditions: [{type: Ready, status: "True"}]}
---
kind: Deployment
metadata: {name: api, generation: 2}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2"}]}}
status: {observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2, conditions: [{type: Progressing, status: "True", reason: NewReplicaSetAvailable}]}
---
kind: ReplicaSet
metadata: {name: api-2, owner: Deployment/api, labels: {app: api}, annotations: {deployment.kubernetes.io/revision: "2"}}
spec: {replicas: 2, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2"}]}}}
status: {replicas: 2, readyReplicas: 2}
---
kind: Pod
metadata: {name: api-2-a, owner: ReplicaSet/api-2, labels: {app: api}}
spec: {nodeName: n1, containers: [{name: main, image: "reg.example/api:v2"}]}
status:
  phase: Running
  conditions: [{type: Ready, status: "False", lastTransitionTime: "2026-01-01T00:03:00Z"}]
  containerStatuses:
  - {name: main, image: "reg.example/api:v2", ready: true, started: true, restartCount: 0, state: {running: {startedAt: "2026-01-01T00:03:00Z"}}}
---
kind: Pod
metadata: {name: api-2-b, owner: ReplicaSet/api-2, labels: {app: api}}
spec: {nodeName: n2, containers: [{name: main, image: "reg.example/api:v2"}]}
status:
  phase: Running
  conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:03:00Z"}]
  containerStatuses:
  - {name: main, image: "reg.example/api:v2", ready: true, started: true, restartCount: 0, state: {running: {startedAt: "2026-01-01T00:03:00Z"}}}
"#;

/// A paused Deployment whose new template is held back.
pub(super) const PAUSED: &str = r#"kind: Deployment
metadata: {name: api, generation: 3}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2"}]}}
  paused: true
status: {observedGeneration: 3, replicas: 2, updatedReplicas: 0, readyReplicas: 2, availableReplicas: 2, conditions: [{type: Progressing, status: "Unknown", reason: DeploymentPaused, message: Deployment is paused}]}
---
kind: ReplicaSet
metadata: {name: api-1, owner: Deployment/api, labels: {app: api}, annotations: {deployment.kubernetes.io/revision: "1"}}
spec: {replicas: 2, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v1"}]}}}
status: {replicas: 2, readyReplicas: 2}
"#;

/// A Service whose selector misses the labels by a letter.
pub(super) const SELECTOR_MISMATCH: &str = r#"kind: Service
metadata: {name: api}
spec: {selector: {app: apii}, clusterIP: 10.96.4.4, ports: [{port: 80, targetPort: 8080}]}
---
kind: Node
metadata: {name: n1}
spec: {}
status: {allocatable: {cpu: "32", memory: 64Gi, pods: "110"}, conditions: [{type: Ready, status: "True"}]}
---
kind: Deployment
metadata: {name: api, generation: 2}
spec:
  replicas: 1
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2"}]}}
status: {observedGeneration: 2, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, conditions: [{type: Progressing, status: "True", reason: NewReplicaSetAvailable}]}
---
kind: ReplicaSet
metadata: {name: api-2, owner: Deployment/api, labels: {app: api}, annotations: {deployment.kubernetes.io/revision: "2"}}
spec: {replicas: 1, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2"}]}}}
status: {replicas: 1, readyReplicas: 1}
---
kind: Pod
metadata: {name: api-2-a, owner: ReplicaSet/api-2, labels: {app: api}}
spec: {nodeName: n1, containers: [{name: main, image: "reg.example/api:v2"}]}
status:
  phase: Running
  conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:03:00Z"}]
  containerStatuses:
  - {name: main, image: "reg.example/api:v2", ready: true, started: true, restartCount: 0, state: {running: {startedAt: "2026-01-01T00:03:00Z"}}}
"#;

/// A Job that used up its retries.
pub(super) const JOB_FAILED: &str = r#"kind: Job
metadata: {name: load}
spec: {backoffLimit: 6}
status:
  failed: 7
  conditions:
  - {type: Failed, status: "True", reason: BackoffLimitExceeded, message: Job has reached the specified backoff limit, lastTransitionTime: "2026-01-01T00:05:00Z"}
"#;

/// Four replicas are wanted, three run and one finds no Node.
pub(super) const SCALED_ONE_PENDING: &str = r#"kind: Node
metadata: {name: n1}
spec: {}
status: {allocatable: {cpu: "32", memory: 64Gi, pods: "110"}, conditions: [{type: Ready, status: "True"}]}
---
kind: Deployment
metadata: {name: api, generation: 2}
spec:
  replicas: 4
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2"}]}}
status: {observedGeneration: 2, replicas: 4, updatedReplicas: 4, readyReplicas: 3, availableReplicas: 3, conditions: [{type: Progressing, status: "True", reason: NewReplicaSetAvailable}]}
---
kind: ReplicaSet
metadata: {name: api-2, owner: Deployment/api, labels: {app: api}, annotations: {deployment.kubernetes.io/revision: "2"}}
spec: {replicas: 4, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2"}]}}}
status: {replicas: 4, readyReplicas: 4}
---
kind: Pod
metadata: {name: api-2-a, owner: ReplicaSet/api-2, labels: {app: api}}
spec: {nodeName: n1, containers: [{name: main, image: "reg.example/api:v2"}]}
status:
  phase: Running
  conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:03:00Z"}]
  containerStatuses:
  - {name: main, image: "reg.example/api:v2", ready: true, started: true, restartCount: 0, state: {running: {startedAt: "2026-01-01T00:03:00Z"}}}
---
kind: Pod
metadata: {name: api-2-b, owner: ReplicaSet/api-2, labels: {app: api}}
spec: {nodeName: n1, containers: [{name: main, image: "reg.example/api:v2"}]}
status:
  phase: Running
  conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:03:00Z"}]
  containerStatuses:
  - {name: main, image: "reg.example/api:v2", ready: true, started: true, restartCount: 0, state: {running: {startedAt: "2026-01-01T00:03:00Z"}}}
---
kind: Pod
metadata: {name: api-2-c, owner: ReplicaSet/api-2, labels: {app: api}}
spec: {nodeName: n1, containers: [{name: main, image: "reg.example/api:v2"}]}
status:
  phase: Running
  conditions: [{type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:03:00Z"}]
  containerStatuses:
  - {name: main, image: "reg.example/api:v2", ready: true, started: true, restartCount: 0, state: {running: {startedAt: "2026-01-01T00:03:00Z"}}}
---
kind: Pod
metadata: {name: api-2-d, owner: ReplicaSet/api-2, labels: {app: api}}
spec: {containers: [{name: main, image: "reg.example/api:v2"}]}
status:
  phase: Pending
  conditions:
  - {type: PodScheduled, status: "False", reason: Unschedulable, message: "0/1 nodes are available: 1 Insufficient cpu.", lastTransitionTime: "2026-01-01T00:05:00Z"}
"#;

/// The autoscaler of `api` has been at its maximum for long.
pub(super) const AUTOSCALER_AT_MAXIMUM: &str = r#"now: "2026-01-01T00:30:00Z"
---
kind: HorizontalPodAutoscaler
metadata: {name: api}
spec: {scaleTargetRef: {kind: Deployment, name: api, apiVersion: apps/v1}, minReplicas: 1, maxReplicas: 2}
status:
  currentReplicas: 2
  desiredReplicas: 2
  conditions:
  - {type: ScalingLimited, status: "True", reason: TooManyReplicas, message: the desired replica count is more than the maximum replica count, lastTransitionTime: "2026-01-01T00:01:00Z"}
"#;

/// An autoscaler of `api`.
pub(super) const AUTOSCALER: &str = "kind: HorizontalPodAutoscaler
metadata: {name: api}
spec: {minReplicas: 2, maxReplicas: 4, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]}
status: {currentReplicas: 4, desiredReplicas: 4}
";
